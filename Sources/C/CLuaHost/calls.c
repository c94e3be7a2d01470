#include "internal.h"

#include <stdlib.h>

// The only place where Lua meets Swift. Between the start of a callback and its return no Lua function is called, and
// the callback cannot call one: it sees bytes and answers with bytes.

enum { KEPT_BUFFER = 1 << 16, LARGEST_ANSWER = 32 << 20 };

void luahost_settle(luahost *host) {
    host->used -= host->charged;
    host->charged = 0;
    if (host->result.count > KEPT_BUFFER) luahost_bytes_free(&host->result);
    host->result.count = 0;
}

void luahost_charge(lua_State *L, size_t count) {
    luahost *host = luahost_of(L);
    if (count > host->limit - host->used) lua_gc(L, LUA_GCCOLLECT);
    if (count > host->limit - host->used) luahost_raise_memory(L);
    host->used += count;
    if (host->used > host->peak) host->peak = host->used;
}

// What to do with the answer in `result`; raises, or returns with the answer charged.
static void receive(lua_State *L, luahost_reply reply) {
    luahost *host = luahost_of(L);
    // An interruption cuts short what a call waits for, which must not be taken for its end.
    luahost_ask_if_interrupted(host);
    luahost_stop_if_late(L);
    if (reply == LUAHOST_FLOOD) luahost_raise_memory(L);
    // The answer lies beside the values made from it: both count.
    if (host->result.count > LARGEST_ANSWER) luahost_raise_memory(L);
    luahost_charge(L, host->result.count);
    host->charged = host->result.count;
    if (reply == LUAHOST_RETURN) return;
    luahost_push_place(L);
    luahost_unpacker unpacker = {
        .L = L, .at = host->result.bytes, .end = host->result.bytes + host->result.count};
    luahost_unpack(&unpacker);
    luahost_settle(host);
    lua_concat(L, 2);
    lua_error(L);
}

int luahost_call_host(lua_State *L) {
    luahost *host = luahost_of(L);
    int count = lua_gettop(L);
    luahost_packer packer = luahost_packer_make(L, LUAHOST_CALL_DEPTH);
    for (int i = 1; i <= count; i++) luahost_pack(&packer, i);

    lua_Debug record;
    bool has_caller = luahost_caller(L, &record);
    luahost_call call = {
        .function = (uint32_t)lua_tointeger(L, lua_upvalueindex(1)), .arguments = packer.bytes, .count = packer.count,
        .file = has_caller ? record.short_src : "", .line = has_caller ? record.currentline : 0,
    };
    luahost_settle(host);
    receive(L, host->callbacks.call(host->callbacks.context, &call, &host->result));

    lua_settop(L, 0);
    int results = luahost_unpack_all(L, host->result.bytes, host->result.count);
    luahost_settle(host);
    return results;
}

void luahost_push_row(lua_State *L, int list, uint64_t index) {
    luahost *host = luahost_of(L);
    uint64_t id = ((luahost_list *)lua_touserdata(L, list))->list;
    lua_getiuservalue(L, list, 1);
    int fields = (int)lua_rawlen(L, -1);
    lua_pop(L, 1);

    luahost_settle(host);
    receive(L, host->callbacks.row(host->callbacks.context, id, index, &host->result));

    luahost_row *row = lua_newuserdatauv(L, sizeof *row, 2 + fields);
    *row = (luahost_row){KIND_ROW, id, index};
    lua_pushvalue(L, list);
    lua_setiuservalue(L, -2, 1);
    luahost_unpacker unpacker = {
        .L = L, .at = host->result.bytes, .end = host->result.bytes + host->result.count};
    for (int i = 0; i <= fields; i++) {
        luahost_unpack(&unpacker);
        lua_setiuservalue(L, -2, 2 + i);
    }
    lua_rawgeti(L, LUA_REGISTRYINDEX, host->metatables[KIND_ROW]);
    lua_setmetatable(L, -2);
    luahost_settle(host);
}

uint8_t *luahost_bytes_reserve(luahost_bytes *bytes, size_t count) {
    uint8_t *grown = realloc(bytes->bytes, bytes->count + count ? bytes->count + count : 1);
    if (!grown) return NULL;
    bytes->bytes = grown;
    grown += bytes->count;
    bytes->count += count;
    return grown;
}

void luahost_bytes_free(luahost_bytes *bytes) {
    free(bytes->bytes);
    *bytes = (luahost_bytes){0};
}

