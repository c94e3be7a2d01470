#include "internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_MESSAGE = 16 << 10, LONGEST_TRACEBACK = 8 << 10 };

// MARK: Outcome

static bool append(luahost_bytes *to, const void *from, size_t count) {
    uint8_t *at = luahost_bytes_reserve(to, count);
    if (at && count) memcpy(at, from, count);
    return at;
}

static void append_text(luahost *host, const char *text, size_t count, size_t longest) {
    uint8_t tag = LUAHOST_STRING;
    uint32_t short_count = (uint32_t)(count < longest ? count : longest);
    append(&host->outcome, &tag, 1);
    append(&host->outcome, &short_count, sizeof short_count);
    append(&host->outcome, text, short_count);
}

static void report(luahost *host, const char *message, size_t count, const char *traceback, const lua_Debug *place) {
    uint8_t tag = LUAHOST_INTEGER;
    int64_t line = place ? place->currentline : 0;
    host->outcome.count = 0;
    append_text(host, message, count, LONGEST_MESSAGE);
    append_text(host, traceback, strlen(traceback), LONGEST_TRACEBACK);
    append_text(host, place ? place->short_src : "", place ? strlen(place->short_src) : 0, LUA_IDSIZE);
    append(&host->outcome, &tag, 1);
    append(&host->outcome, &line, sizeof line);
}

// The message handler: a C function that calls no Lua, as hooks may be off here. Not called when memory runs out.
static int on_error(lua_State *L) {
    luahost *host = luahost_of(L);
    if (host->killed != LUAHOST_OK) return 1;
    lua_Debug record;
    bool has_place = luahost_caller(L, &record);
    if (!lua_isstring(L, 1)) {
        // Turning an error object into text may run the script again.
        lua_pushfstring(L, "error object is a %s", luaL_typename(L, 1));
        lua_replace(L, 1);
    }
    size_t count;
    const char *message = lua_tolstring(L, 1, &count);
    host->oversize = count > LUAHOST_TAPE_BYTES;
    luaL_traceback(L, L, NULL, 1);
    report(host, message, count, lua_tostring(L, -1), has_place ? &record : NULL);
    lua_settop(L, 1);
    return 1;
}

// MARK: Entry points: each runs its Lua work under lua_pcall

static void enter(luahost *host, int64_t wall_ns, int64_t cpu_ns) {
    int64_t now = luahost_now_ns();
    host->running = true;
    host->killed = LUAHOST_OK;
    host->syntax = host->oversize = false;
    host->seen_ns = now;
    host->asked_ns = 0;  // ask at the first look
    host->deadline_ns = wall_ns < INT64_MAX - now ? now + wall_ns : INT64_MAX;
    host->cpu_deadline_ns = cpu_ns > 0 ? luahost_cpu_ns() + cpu_ns : 0;
    host->ticks = LUAHOST_TICKS_A_LOOK;
    host->careful = 0;
    host->outcome.count = 0;
    luahost_hook(host->state);
}

static luahost_status leave(luahost *host, int code) {
    lua_State *L = host->state;
    lua_sethook(L, NULL, 0, 0);
    host->running = false;
    luahost_status status = LUAHOST_OK;
    if (host->killed != LUAHOST_OK) {
        status = host->killed;
    } else if (code == LUA_ERRMEM || host->oversize) {
        status = LUAHOST_OUT_OF_MEMORY;
    } else if (code != LUA_OK) {
        status = host->syntax ? LUAHOST_SYNTAX_ERROR : LUAHOST_SCRIPT_ERROR;
        if (host->outcome.count == 0 || code == LUA_ERRERR) {
            bool is_text = lua_type(L, -1) == LUA_TSTRING;
            const char *message = is_text ? lua_tostring(L, -1) : "error in error handling";
            report(host, message, strlen(message), "", NULL);
        }
    }
    if (status != LUAHOST_OK && status != LUAHOST_SCRIPT_ERROR && status != LUAHOST_SYNTAX_ERROR)
        host->outcome.count = 0;
    lua_settop(L, 0);
    luahost_settle(host);
    return status;
}

// Pushes only what cannot allocate, hence cannot raise, outside of the protected call.
static int call_protected(lua_State *L, lua_CFunction function, void *request) {
    lua_pushcfunction(L, on_error);
    lua_pushcfunction(L, function);
    lua_pushlightuserdata(L, request);
    return lua_pcall(L, 1, 0, 1);
}

typedef struct { const char *name; const uint8_t *source; size_t count; } load_request;

// Keeps the functions of the table at 1 and packs their names, each with the line on which it begins.
static void keep_functions(lua_State *L, luahost_packer *packer) {
    lua_newtable(L);
    int kept = lua_gettop(L);
    uint32_t count = 0;
    for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
        luahost_tick(L, 1);
        if (lua_type(L, -2) != LUA_TSTRING || !lua_isfunction(L, -1)) continue;
        lua_pushvalue(L, -2);
        lua_pushvalue(L, -2);
        lua_rawset(L, kept);
        count++;
    }
    luahost_pack_count(packer, LUAHOST_LIST, 2 * count);
    for (lua_pushnil(L); lua_next(L, kept); lua_pop(L, 1)) {
        size_t length;
        const char *name = lua_tolstring(L, -2, &length);
        luahost_pack_text(packer, LUAHOST_STRING, name, length);
        lua_Debug record;
        lua_pushvalue(L, -1);
        lua_getinfo(L, ">S", &record);
        lua_pushinteger(L, record.linedefined);
        luahost_pack(packer, lua_gettop(L));
        lua_pop(L, 1);
    }
    lua_rawseti(L, LUA_REGISTRYINDEX, luahost_of(L)->functions);
}

static void hand_over(lua_State *L, const luahost_packer *packer) {
    if (!append(&luahost_of(L)->outcome, packer->bytes, packer->count)) luahost_raise_memory(L);
}

static int protected_load(lua_State *L) {
    const load_request *request = lua_touserdata(L, 1);
    luahost *host = luahost_of(L);
    lua_settop(L, 0);
    luahost_stop_if_late(L);
    int code = luaL_loadbufferx(L, (const char *)request->source, request->count, request->name, "t");
    if (code == LUA_ERRMEM) luahost_raise_memory(L);
    if (code != LUA_OK) {
        host->syntax = true;
        // Neither the parser's recursion limit nor the refusal of bytecode says in which file.
        if (code == LUA_ERRSYNTAX && request->count > 0 && request->source[0] != LUA_SIGNATURE[0]) return lua_error(L);
        lua_pushfstring(
            L, "%s: %s", host->name, code == LUA_ERRSYNTAX ? "bytecode is not loaded" : lua_tostring(L, -1));
        return lua_error(L);
    }
    lua_call(L, 0, 1);
    if (!lua_istable(L, 1)) return luaL_error(L, "%s: must return a table, not %s", host->name, luaL_typename(L, 1));
    luahost_packer packer = luahost_packer_make(L, LUAHOST_LOAD_DEPTH);
    packer.skips_functions = true;
    keep_functions(L, &packer);
    luahost_pack(&packer, 1);
    hand_over(L, &packer);
    return 0;
}

luahost_status luahost_load(
    luahost *host, const char *name, const uint8_t *source, size_t count, int64_t cpu_ns, int64_t wall_ns) {
    if (host->running) return LUAHOST_BUSY;
    load_request request = {name, source, count};
    snprintf(host->name, sizeof host->name, "%s", name[0] == '@' || name[0] == '=' ? name + 1 : name);
    enter(host, wall_ns, cpu_ns);
    return leave(host, call_protected(host->state, protected_load, &request));
}

typedef struct { const char *name; const uint8_t *tape; size_t count; int32_t wants_results; } call_request;

static int protected_call(lua_State *L) {
    const call_request *request = lua_touserdata(L, 1);
    lua_settop(L, 0);
    luahost_stop_if_late(L);
    lua_rawgeti(L, LUA_REGISTRYINDEX, luahost_of(L)->functions);
    lua_pushstring(L, request->name);
    if (lua_rawget(L, 1) != LUA_TFUNCTION)
        return luaL_error(L, "%s: has no function '%s'", luahost_of(L)->name, request->name);
    lua_remove(L, 1);
    int arguments = luahost_unpack_all(L, request->tape, request->count);
    lua_call(L, arguments, request->wants_results ? LUA_MULTRET : 0);
    if (!request->wants_results) return 0;
    int results = lua_gettop(L);
    luahost_packer packer = luahost_packer_make(L, LUAHOST_CALL_DEPTH);
    for (int i = 1; i <= results; i++) luahost_pack(&packer, i);
    hand_over(L, &packer);
    return 0;
}

luahost_status luahost_call_kept(
    luahost *host, const char *name, const uint8_t *tape, size_t count, int64_t wall_ns, int32_t wants_results) {
    if (host->running) return LUAHOST_BUSY;
    call_request request = {name, tape, count, wants_results};
    enter(host, wall_ns, 0);
    return leave(host, call_protected(host->state, protected_call, &request));
}

typedef struct { uint32_t kind; const uint8_t *tape; size_t count; } class_request;

static int protected_define_class(lua_State *L) {
    const class_request *request = lua_touserdata(L, 1);
    lua_settop(L, 0);
    if (luahost_unpack_all(L, request->tape, request->count) != 2) return luaL_error(L, "broken class");
    luahost_make_class(L, request->kind, 1, 2);
    return 0;
}

luahost_status luahost_define_class(luahost *host, uint32_t kind, const uint8_t *tape, size_t count) {
    if (host->running) return LUAHOST_BUSY;
    class_request request = {kind, tape, count};
    enter(host, INT64_MAX, 0);
    return leave(host, call_protected(host->state, protected_define_class, &request));
}

// MARK: Prompt

static int protected_open_prompt(lua_State *L) {
    const class_request *request = lua_touserdata(L, 1);
    lua_settop(L, 0);
    luahost_make_prompt(L, luahost_unpack_all(L, request->tape, request->count));
    return 0;
}

luahost_status luahost_open_prompt(luahost *host, const uint8_t *tape, size_t count) {
    if (host->running) return LUAHOST_BUSY;
    class_request request = {0, tape, count};
    enter(host, INT64_MAX, 0);
    return leave(host, call_protected(host->state, protected_open_prompt, &request));
}

static int pack_result(lua_State *L) {
    luahost_packer packer = luahost_packer_make(L, LUAHOST_CALL_DEPTH);
    luahost_pack(&packer, 1);
    hand_over(L, &packer);
    return 0;
}

// A function, say: what cannot cross is shown.
static int describe_result(lua_State *L) {
    luahost_push_text(L, 1);
    size_t count;
    const char *text = lua_tolstring(L, -1, &count);
    luahost_packer packer = luahost_packer_make(L, LUAHOST_CALL_DEPTH);
    luahost_pack_text(&packer, LUAHOST_RECORD, text, count < LONGEST_MESSAGE ? count : LONGEST_MESSAGE);
    hand_over(L, &packer);
    return 0;
}

static int protected_enter(lua_State *L) {
    const load_request *request = lua_touserdata(L, 1);
    lua_settop(L, 0);
    luahost_stop_if_late(L);
    int code = luaL_loadbufferx(L, (const char *)request->source, request->count, request->name, "t");
    if (code == LUA_ERRMEM) luahost_raise_memory(L);
    if (code != LUA_OK) {
        luahost_of(L)->syntax = true;
        return lua_error(L);
    }
    luahost_enter_prompt(L);
    int results = lua_gettop(L);
    for (int i = 1; i <= results; i++) {
        luaL_checkstack(L, 4, "results");
        lua_pushcfunction(L, pack_result);
        lua_pushvalue(L, i);
        int packed = lua_pcall(L, 1, 0, 0);
        luahost_stop_if_late(L);
        if (packed == LUA_OK) continue;
        lua_pop(L, 1);
        lua_pushcfunction(L, describe_result);
        lua_pushvalue(L, i);
        lua_call(L, 1, 0);
    }
    return 0;
}

luahost_status luahost_enter(luahost *host, const char *name, const uint8_t *source, size_t count, int64_t wall_ns) {
    if (host->running) return LUAHOST_BUSY;
    load_request request = {name, source, count};
    snprintf(host->name, sizeof host->name, "%s", name[0] == '@' || name[0] == '=' ? name + 1 : name);
    enter(host, wall_ns, 0);
    return leave(host, call_protected(host->state, protected_enter, &request));
}

// MARK: Life

static int open_state(lua_State *L) {
    luahost_open_environment(L);
    luahost_open_objects(L);
    return 0;
}

luahost *luahost_new(size_t memory_limit, const luahost_callbacks *callbacks) {
    luahost *host = calloc(1, sizeof *host);
    if (!host) return NULL;
    host->callbacks = *callbacks;
    host->limit = memory_limit;
    host->ticks = LUAHOST_TICKS_A_LOOK;
    host->state = lua_newstate(luahost_allocate, host);
    if (host->state) {
        *(luahost **)lua_getextraspace(host->state) = host;
        lua_pushcfunction(host->state, open_state);
        if (lua_pcall(host->state, 0, 0, 0) == LUA_OK) return host;
    }
    luahost_free(host);
    return NULL;
}

void luahost_free(luahost *host) {
    if (!host) return;
    host->closing = true;
    host->killed = LUAHOST_OK;  // so that closing may allocate what it needs
    if (host->state) lua_close(host->state);
    luahost_bytes_free(&host->result);
    luahost_bytes_free(&host->outcome);
    free(host);
}

size_t luahost_peak(const luahost *host) { return host->peak; }
size_t luahost_used(const luahost *host) { return host->used; }
luahost_bytes luahost_outcome(const luahost *host) { return host->outcome; }
