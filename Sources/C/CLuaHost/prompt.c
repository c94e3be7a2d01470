#include "internal.h"

// A prompt: text that comes bit by bit, and whose global variables live on from one bit to the next. Gates never see it.

// What an entry sees: its own globals, then what the host gave, then the environment of gates, which is read-only.
void luahost_make_prompt(lua_State *L, int values) {
    int top = lua_gettop(L);
    lua_newtable(L);  // the entries' globals
    lua_createtable(L, 0, 2);
    lua_newtable(L);  // what the host gave
    for (int i = 1; i < values; i += 2) {
        lua_pushvalue(L, i);
        lua_pushvalue(L, i + 1);
        lua_rawset(L, -3);
    }
    lua_createtable(L, 0, 1);
    lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
    luahost_of(L)->prompt = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_settop(L, top);
}

void luahost_enter_prompt(lua_State *L) {
    lua_rawgeti(L, LUA_REGISTRYINDEX, luahost_of(L)->prompt);
    if (!lua_setupvalue(L, 1, 1)) lua_pop(L, 1);
    lua_call(L, 0, LUA_MULTRET);
}
