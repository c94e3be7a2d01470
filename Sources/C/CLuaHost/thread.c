#define _POSIX_C_SOURCE 200809L
#include "internal.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

// A thread and its watchdog. The watchdog is a thread too: it must come in time whatever the cooperative pool does.

enum { WATCHDOG_STACK = 256 << 10 };

typedef struct {
    pthread_mutex_t mutex;
    pthread_cond_t condition;
    bool has_finished;
    int users;  // threads that still hold the job
    int64_t deadline_ns;
    void (*body)(void *);
    void (*done)(void *, int32_t);
    void (*release)(void *);
    void *context;
} job;

static void drop(job *it) {
    pthread_mutex_lock(&it->mutex);
    int left = --it->users;
    pthread_mutex_unlock(&it->mutex);
    if (left > 0) return;
    pthread_cond_destroy(&it->condition);
    pthread_mutex_destroy(&it->mutex);
    free(it);
}

static void *run_body(void *argument) {
    job *it = argument;
    it->body(it->context);
    it->release(it->context);
    pthread_mutex_lock(&it->mutex);
    it->has_finished = true;
    pthread_cond_signal(&it->condition);
    pthread_mutex_unlock(&it->mutex);
    drop(it);
    return NULL;
}

static void *watch(void *argument) {
    job *it = argument;
    struct timespec deadline = {.tv_sec = it->deadline_ns / 1000000000, .tv_nsec = it->deadline_ns % 1000000000};
    int code = 0;
    pthread_mutex_lock(&it->mutex);
    while (!it->has_finished && code == 0) code = pthread_cond_timedwait(&it->condition, &it->mutex, &deadline);
    bool is_late = !it->has_finished;
    pthread_mutex_unlock(&it->mutex);
    it->done(it->context, is_late);
    it->release(it->context);
    drop(it);
    return NULL;
}

static job *make_job(void) {
    job *it = calloc(1, sizeof *it);
    pthread_condattr_t attributes;
    if (!it) return NULL;
    it->users = 2;
    pthread_mutex_init(&it->mutex, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&it->condition, &attributes);
    pthread_condattr_destroy(&attributes);
    return it;
}

static int start(void *(*entry)(void *), job *it, size_t stack_bytes) {
    pthread_attr_t attributes;
    pthread_t thread;
    int code = pthread_attr_init(&attributes);
    if (code) return code;
    code = pthread_attr_setstacksize(&attributes, stack_bytes);
    if (!code) code = pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    if (!code) code = pthread_create(&thread, &attributes, entry, it);
    pthread_attr_destroy(&attributes);
    return code;
}

// The watchdog of a body that never started: nothing to wait for, nothing to tell.
static void ignore(void *context) { (void)context; }
static void ignore_done(void *context, int32_t late) { (void)context, (void)late; }

int32_t luahost_thread_run(
    size_t stack_bytes, int64_t budget_ns, void (*body)(void *), void (*done)(void *, int32_t late),
    void (*release)(void *), void *context) {
    job *it = make_job();
    if (!it) return 12;  // ENOMEM
    int64_t now = luahost_now_ns();
    it->deadline_ns = budget_ns < INT64_MAX - now ? now + (budget_ns > 0 ? budget_ns : 0) : INT64_MAX;
    it->body = body;
    it->done = done;
    it->release = release;
    it->context = context;

    // Signals are for the threads that expect them.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_mutex_lock(&it->mutex);  // the watchdog waits here until it is known whether the body runs
    int code = start(watch, it, WATCHDOG_STACK);
    bool has_watchdog = code == 0;
    if (has_watchdog) code = start(run_body, it, stack_bytes);
    if (code) {
        it->has_finished = true;
        it->done = ignore_done;
        it->release = ignore;
    }
    pthread_mutex_unlock(&it->mutex);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (code) {
        drop(it);
        if (!has_watchdog) drop(it);
    }
    return code;
}
