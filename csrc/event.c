#include "event.h"

#include <stdlib.h>

void tool_call_free(struct tool_call *call)
{
	free(call->id);
	free(call->name);
	buf_free(&call->arguments);
	cJSON_Delete(call->args);
}

static void event_free_one(struct event *event)
{
	switch (event->type) {
	case EVENT_TEXT:
	case EVENT_REASONING:
	case EVENT_REFUSAL:
		buf_free(&event->as.text);
		break;
	case EVENT_TOOL_CALL:
		tool_call_free(&event->as.call);
		break;
	case EVENT_HEADERS:
		break;
	case EVENT_DONE:
	case EVENT_ERROR:
		cJSON_Delete(event->as.outcome->usage);
		cJSON_Delete(event->as.outcome->models);
		free(event->as.outcome);
		break;
	}
	free(event);
}

void event_free(struct event *list)
{
	while (list) {
		struct event *next = list->next;
		event_free_one(list);
		list = next;
	}
}
