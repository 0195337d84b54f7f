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

unsigned record_request(const struct connection *connection, const struct http_request *request)
{
	char name[32];
	pthread_mutex_lock(&lock);
	unsigned number = ++count;
	snprintf(name, sizeof name, "%04u.req", number);
	FILE *file = open_file(name, "w");
	if (file) {
		fwrite(request->bytes, 1, request->len, file);
		fclose(file);
	}
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
