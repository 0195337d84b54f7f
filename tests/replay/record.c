#include "record.h"

#include <pthread.h>
#include <stdio.h>
#include <time.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char *folder;
static unsigned count;

void record_open(const char *path)
{
	folder = path;
}

static double now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static FILE *open_file(const char *name, const char *mode)
{
	char path[4096];
	if (!folder)
		return NULL;
	snprintf(path, sizeof path, "%s/%s", folder, name);
	return fopen(path, mode);
}

/* Writes the file under another name first, so that who looks for it never finds half of it. */
static void write_request(unsigned number, const struct http_request *request)
{
	char unfinished[4096], path[4096];
	FILE *file = open_file("unfinished", "w");
	if (!file)
		return;
	fwrite(request->bytes, 1, request->len, file);
	fclose(file);
	snprintf(unfinished, sizeof unfinished, "%s/unfinished", folder);
	snprintf(path, sizeof path, "%s/%04u.req", folder, number);
	rename(unfinished, path);
}

unsigned record_request(const struct connection *connection, const struct http_request *request)
{
	pthread_mutex_lock(&lock);
	unsigned number = ++count;
	write_request(number, request);
	FILE *index = open_file("index", "a");
	if (index) {
		fprintf(index, "%04u conn=%u %s %s bytes=%zu t=%.6f\n", number, connection->number, request->method,
			request->path, request->body_len, now());
		fclose(index);
	}
	pthread_mutex_unlock(&lock);
	return number;
}

void record_aborted(unsigned number)
{
	pthread_mutex_lock(&lock);
	FILE *index = open_file("index", "a");
	if (index) {
		fprintf(index, "%04u aborted t=%.6f\n", number, now());
		fclose(index);
	}
	pthread_mutex_unlock(&lock);
}
