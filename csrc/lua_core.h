#ifndef BEANS_LUA_CORE_H
#define BEANS_LUA_CORE_H

#include <lua.h>

/*
 * The C module as Lua sees it. Everything runs on the main thread and nothing waits, but shutdown. Functions raise on
 * arguments of a wrong type and when Lua's memory is out; all else that fails is returned.
 *
 *   request(spec)      → id, or nil, message, kind when it can't be sent. `spec` is a table: url, body (a table, see
 *                        lua_encode.h); connect_timeout_ms, first_byte_timeout_ms, idle_timeout_ms (numbers above 0);
 *                        key, proxy, ca_file (strings, or nil); format ('chat', also when nil, 'completions' or
 *                        'infill': what the answer looks like, see chat_stream.h); fresh (true: on a new connection,
 *                        because the kept ones may be dead). The id is an integer, never used again; its terminal event
 *                        will come.
 *   models(spec)       → the same without a body: asks for the list of models.
 *   stream_poll([max]) → the events that wait, oldest first, at most `max` (0: all); {} when there are none.
 *   cancel(id)         ends a request; its terminal event follows. An unknown id is ignored.
 *   wakeup_fd()        → a descriptor that is readable while events wait; it belongs to the module.
 *   shutdown()         ends all requests and joins the thread. Their events can still be polled.
 *   version()          → {version = '0.1.0', lua = 'Lua 5.1', curl = libcurl's version and features in words,
 *                        library = {version, tls ('' without), and true or false: http2, brotli, zstd, async_dns}}
 *   null               what stands for null in a body: a light userdata.
 *   object([table])    → the table (or a new one), marked as an object: {} in JSON even when it is empty.
 *   marks(null, mt)    from now on null in events is `null`, and objects are marked by the metatable `mt`: the editor's
 *                        own. Either may be nil. In a body the module's marks stay valid.
 *   encode(value)      → JSON text, or nil, message, kind.
 *
 * Events are tables with `id`, the request's, and `type`:
 *
 *   text, reasoning, refusal   text: a piece of valid UTF-8
 *   tool_call                  call_id, name ('' when the server sent none), arguments: JSON text,
 *                              args: the same as a table, or nil when it is no JSON object
 *   headers                    response, timing
 *   done                       response, timing, finish_reason, model, usage (the server's table), and for a models
 *                              request models: a list of tables, each with a string `id`
 *   error                      the same with what had come, and kind, message, code, param
 *
 *   response = {status, http_version ('1.1', '2'), date (the server's clock, seconds since 1970), request_id,
 *               cost_micro_usd, retry_after_s, should_retry,
 *               rate_limit = {requests = {limit, remaining, reset_s}, tokens = {…}, retry_after_s}}
 *   timing   = {dns_ms, connect_ms, tls_ms (of a connection that was made), first_byte_ms, first_delta_ms, total_ms,
 *               reused}
 *
 * Of response, timing, done and error each field but timing.reused, kind and message is nil where it is not known;
 * response.status is 0 when no answer came. `done` or `error` comes exactly once for each request, and last.
 */
int luaopen_beans_core(lua_State *L);

#endif
