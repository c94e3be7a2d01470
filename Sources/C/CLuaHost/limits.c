#define _POSIX_C_SOURCE 200809L
#include "internal.h"

#include <stdlib.h>
#include <time.h>

enum {
    CHECK_EVERY = 100,     // VM instructions; 10 costs +47 %, 100 +7.5 %, 1000 overruns by seconds in long C calls
    CAREFUL_HOOKS = 1000,  // hooks at every instruction after a slow stretch
    LARGE_GROWTH = 4096,
};
static const int64_t slow_stretch_ns = 10000000;
// Asking Swift and reading the thread's own clock (a system call) cost more than a look at the common one.
static const int64_t ask_every_ns = 1000000;

// The address is the error value of a killed script. No script can see it: pcall raises it again.
static const char kill_value;

static int64_t read_clock(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int64_t luahost_now_ns(void) { return read_clock(CLOCK_MONOTONIC); }
int64_t luahost_cpu_ns(void) { return read_clock(CLOCK_THREAD_CPUTIME_ID); }

void luahost_ask_if_interrupted(luahost *host) {
    if (!host->running || host->killed != LUAHOST_OK || !host->callbacks.interrupted) return;
    if (host->callbacks.interrupted(host->callbacks.context)) host->killed = LUAHOST_INTERRUPTED;
}

bool luahost_late(luahost *host) {
    if (host->killed != LUAHOST_OK) return true;
    if (!host->running) return false;
    host->seen_ns = luahost_now_ns();
    if (host->seen_ns - host->asked_ns >= ask_every_ns) {
        host->asked_ns = host->seen_ns;
        luahost_ask_if_interrupted(host);
        if (host->killed == LUAHOST_OK && host->cpu_deadline_ns && luahost_cpu_ns() >= host->cpu_deadline_ns)
            host->killed = LUAHOST_OUT_OF_TIME;
    }
    if (host->killed == LUAHOST_OK && host->seen_ns >= host->deadline_ns) host->killed = LUAHOST_OUT_OF_TIME;
    return host->killed != LUAHOST_OK;
}

// MARK: Memory

// Also a cancellation point: a loop of concatenations makes megabytes between two hooks. A killed script gets nothing
// more, so that it cannot spend its grace in one emergency collection after the other.
static bool may_grow(luahost *host, size_t growth) {
    if (host->running) {
        if (host->killed != LUAHOST_OK) return false;
        if ((growth > LARGE_GROWTH || growth > host->limit - host->used) && luahost_late(host)) return false;
    }
    return growth <= host->limit - host->used;
}

void *luahost_allocate(void *opaque, void *old, size_t old_size, size_t new_size) {
    luahost *host = opaque;
    size_t held = old ? old_size : 0;  // without a block, Lua passes the kind of object as the size
    if (new_size == 0) {
        free(old);
        host->used -= held;
        return NULL;
    }
    if (new_size > held && !may_grow(host, new_size - held)) return NULL;
    void *new = realloc(old, new_size);
    if (!new) {
        if (new_size > held) return NULL;
        new = old;  // Lua relies on shrinking never to fail
    }
    host->used = host->used - held + new_size;
    if (host->used > host->peak) host->peak = host->used;
    return new;
}

int luahost_raise_memory(lua_State *L) {
    // The only way to LUA_ERRMEM through the API is an allocation that must fail.
    lua_newuserdatauv(L, luahost_of(L)->limit + 1, 0);
    return luaL_error(L, "not enough memory");
}

// MARK: Time

static void on_count(lua_State *L, lua_Debug *record) {
    (void)record;
    luahost *host = luahost_of(L);
    int64_t before = host->seen_ns;
    luahost_stop_if_late(L);
    // A hundred instructions can each be a C function at work on megabytes: then look at every one.
    if (host->seen_ns - before > slow_stretch_ns) {
        if (host->careful == 0) lua_sethook(L, on_count, LUA_MASKCOUNT, 1);
        host->careful = CAREFUL_HOOKS;
    } else if (host->careful > 0 && --host->careful == 0) {
        lua_sethook(L, on_count, LUA_MASKCOUNT, CHECK_EVERY);
    }
}

void luahost_hook(lua_State *L) { lua_sethook(L, on_count, LUA_MASKCOUNT, CHECK_EVERY); }

void luahost_stop_if_late(lua_State *L) {
    if (!luahost_late(luahost_of(L))) return;
    lua_sethook(L, on_count, LUA_MASKCOUNT, 1);  // whatever still runs meets the hook at once
    lua_pushlightuserdata(L, (void *)&kill_value);  // allocates nothing, so it cannot become another error
    lua_error(L);
}

void luahost_look(lua_State *L) {
    luahost_of(L)->ticks = LUAHOST_TICKS_A_LOOK;
    luahost_stop_if_late(L);
}
