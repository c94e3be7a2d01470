#include "internal.h"

#include <string.h>

// Answers of our own Swift, checked all the same: a bad length would read beyond the tape.

enum { MAX_FIELDS = 1000 };

static const uint8_t *take(luahost_unpacker *u, size_t count) {
    if ((size_t)(u->end - u->at) < count) luaL_error(u->L, "the host returned a broken value");
    const uint8_t *from = u->at;
    u->at += count;
    return from;
}

static uint32_t take_u32(luahost_unpacker *u) {
    uint32_t value;
    memcpy(&value, take(u, sizeof value), sizeof value);
    return value;
}

static uint64_t take_u64(luahost_unpacker *u) {
    uint64_t value;
    memcpy(&value, take(u, sizeof value), sizeof value);
    return value;
}

// A count of things that take at least a byte each.
static uint32_t take_count(luahost_unpacker *u) {
    uint32_t count = take_u32(u);
    if (count > (size_t)(u->end - u->at)) luaL_error(u->L, "the host returned a broken value");
    return count;
}

static void push_text(luahost_unpacker *u) {
    uint32_t count = take_count(u);
    luahost_tick(u->L, 1 + count / 64);
    lua_pushlstring(u->L, (const char *)take(u, count), count);
}

static void push_value(luahost_unpacker *u, bool frozen);

static void push_container(luahost_unpacker *u, bool is_list, bool frozen) {
    lua_State *L = u->L;
    uint32_t count = take_count(u);
    lua_createtable(L, is_list ? (int)count : 0, is_list ? 0 : (int)count);
    for (uint32_t i = 1; i <= count; i++) {
        if (!is_list) push_text(u);
        push_value(u, frozen);
        if (is_list) lua_rawseti(L, -2, i);
        else lua_rawset(L, -3);
    }
    if (frozen) luahost_freeze(L, is_list, count);
}

// The shape of a result list: its field names in order, and each name's place. Made once for all lists that share it.
static void push_shape(luahost_unpacker *u, uint32_t shape) {
    lua_State *L = u->L;
    uint32_t count = take_count(u);
    if (count > MAX_FIELDS) luaL_error(L, "the host returned a broken value");
    lua_rawgeti(L, LUA_REGISTRYINDEX, luahost_of(L)->shapes);
    if (lua_rawgeti(L, -1, shape) == LUA_TTABLE) {
        while (count-- > 0) take(u, take_count(u));
        lua_remove(L, -2);
        return;
    }
    lua_pop(L, 1);
    lua_createtable(L, (int)count, (int)count);
    for (uint32_t i = 1; i <= count; i++) {
        push_text(u);
        lua_pushvalue(L, -1);
        lua_rawseti(L, -3, i);
        lua_pushinteger(L, i);
        lua_rawset(L, -3);
    }
    lua_pushvalue(L, -1);
    lua_rawseti(L, -3, shape);
    lua_remove(L, -2);
}

static void push_rows(luahost_unpacker *u) {
    uint64_t list = take_u64(u), rows = take_u64(u), held = take_u64(u);
    uint32_t shape = take_u32(u);
    push_shape(u, shape);
    luahost_push_list(u->L, list, rows, held, lua_gettop(u->L));
    lua_remove(u->L, -2);
}

static void push_record(luahost_unpacker *u) {
    lua_State *L = u->L;
    push_text(u);
    bool strict = *take(u, 1);
    uint32_t count = take_count(u);
    lua_createtable(L, 0, (int)count);
    while (count-- > 0) {
        push_text(u);
        push_value(u, false);
        lua_rawset(L, -3);
    }
    lua_insert(L, -2);
    luahost_make_record(L, strict);
}

static void push_value(luahost_unpacker *u, bool frozen) {
    lua_State *L = u->L;
    luaL_checkstack(L, 8, "value");
    luahost_tick(L, 1);
    if (++u->depth > LUAHOST_LOAD_DEPTH + 2) luaL_error(L, "the host returned a value that is nested too deeply");
    switch ((luahost_tag)*take(u, 1)) {
    case LUAHOST_NIL: lua_pushnil(L); break;
    case LUAHOST_NO: lua_pushboolean(L, 0); break;
    case LUAHOST_YES: lua_pushboolean(L, 1); break;
    case LUAHOST_INTEGER: lua_pushinteger(L, (lua_Integer)take_u64(u)); break;
    case LUAHOST_FLOAT: {
        lua_Number value;
        memcpy(&value, take(u, sizeof value), sizeof value);
        lua_pushnumber(L, value);
        break;
    }
    case LUAHOST_STRING: push_text(u); break;
    case LUAHOST_LIST: push_container(u, true, frozen); break;
    case LUAHOST_MAP: push_container(u, false, frozen); break;
    case LUAHOST_FROZEN: push_value(u, true); break;
    case LUAHOST_OBJECT: {
        uint32_t class = take_u32(u);
        luahost_push_object(L, class, take_u64(u));
        break;
    }
    case LUAHOST_ROWS: push_rows(u); break;
    case LUAHOST_RECORD: push_record(u); break;
    case LUAHOST_FUNCTION:
        lua_pushinteger(L, take_u32(u));
        lua_pushcclosure(L, luahost_call_host, 1);
        break;
    default: luaL_error(L, "the host returned a broken value");
    }
    u->depth--;
}

void luahost_unpack(luahost_unpacker *unpacker) { push_value(unpacker, false); }

int luahost_unpack_all(lua_State *L, const uint8_t *bytes, size_t count) {
    luahost_unpacker unpacker = {.L = L, .at = bytes, .end = bytes + count};
    int values = 0;
    for (; unpacker.at < unpacker.end; values++) luahost_unpack(&unpacker);
    return values;
}
