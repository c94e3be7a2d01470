#include "internal.h"

#include <lualib.h>
#include <string.h>

enum { LONGEST_NUMERAL = 256 };

// In the copy that is a table's real metatable: the original, which getmetatable shows.
static const char original_key;

// MARK: Metatables

static int set_metatable(lua_State *L) {
    static const char *const refused[] = {
        "__gc",     // finalizers run with hooks off (lgc.c, GCTM), so an endless one outlives every deadline
        "__close",  // runs while an error unwinds
        "__mode",   // shows when the collector ran
    };
    static const char *const events[] = {
        "__index", "__newindex", "__call", "__metatable", "__name", "__tostring", "__pairs", "__len", "__eq", "__lt",
        "__le", "__concat", "__unm", "__add", "__sub", "__mul", "__div", "__idiv", "__mod", "__pow", "__band", "__bor",
        "__bxor", "__bnot", "__shl", "__shr",
    };
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_argexpected(L, lua_isnil(L, 2) || lua_istable(L, 2), 2, "nil or table");
    lua_settop(L, 2);
    if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL) return luaL_error(L, "cannot change a protected metatable");
    if (lua_istable(L, 2)) {
        for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
            lua_pushstring(L, refused[i]);
            if (lua_rawget(L, 2) != LUA_TNIL) return luaL_error(L, "gates cannot set %s", refused[i]);
            lua_pop(L, 1);
        }
        // A copy, as the refused ones could be added to the original afterwards.
        lua_createtable(L, 0, 4);
        for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
            lua_pushstring(L, events[i]);
            lua_pushvalue(L, -1);
            if (lua_rawget(L, 2) == LUA_TNIL) lua_pop(L, 2);
            else lua_rawset(L, 3);
        }
        lua_pushvalue(L, 2);
        lua_rawsetp(L, 3, &original_key);
    }
    lua_setmetatable(L, 1);  // the copy, or the nil that was given
    lua_settop(L, 1);
    return 1;
}

static int get_metatable(lua_State *L) {
    luaL_checkany(L, 1);
    lua_settop(L, 1);
    if (!lua_getmetatable(L, 1)) return 0;
    // Those of strings and of host objects stay hidden.
    if (!lua_istable(L, 1) || lua_rawgetp(L, 2, &original_key) == LUA_TNIL) {
        lua_pushboolean(L, 0);
        return 1;
    }
    lua_pushliteral(L, "__metatable");
    if (lua_rawget(L, 2) == LUA_TNIL) lua_pop(L, 1);
    return 1;
}

bool luahost_is_plain(lua_State *L, int index) {
    if (!lua_istable(L, index)) return false;
    if (!lua_getmetatable(L, index)) return true;
    lua_pop(L, 1);
    return false;
}

static void check_raw(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    if (!lua_getmetatable(L, 1)) return;
    if (lua_rawgetp(L, -1, &original_key) == LUA_TNIL) luaL_argerror(L, 1, "a table of the host is read-only");
    lua_pop(L, 2);
}

static int raw_get(lua_State *L) {
    check_raw(L);
    luaL_checkany(L, 2);
    lua_settop(L, 2);
    lua_rawget(L, 1);
    return 1;
}

static int raw_set(lua_State *L) {
    check_raw(L);
    luaL_checkany(L, 2);
    luaL_checkany(L, 3);
    lua_settop(L, 3);
    if (lua_isnil(L, 2)) return luaL_error(L, "table index is nil");
    lua_rawset(L, 1);
    return 1;
}

// MARK: Errors and text

static int protected_call(lua_State *L) {
    luaL_checkany(L, 1);
    lua_pushboolean(L, 1);
    lua_insert(L, 1);
    int status = lua_pcall(L, lua_gettop(L) - 2, LUA_MULTRET, 0);
    // The kill passes every pcall. The look also ends a script whose hooks never ran, for want of stack.
    luahost_stop_if_late(L);
    if (status == LUA_OK) return lua_gettop(L);
    lua_pushboolean(L, 0);
    lua_insert(L, -2);
    return 2;
}

void luahost_push_text(lua_State *L, int index) {
    index = lua_absindex(L, index);
    if (luaL_callmeta(L, index, "__tostring")) {
        if (!lua_isstring(L, -1)) luaL_error(L, "'__tostring' must return a string");
        return;
    }
    switch (lua_type(L, index)) {
    case LUA_TNIL:
    case LUA_TBOOLEAN:
    case LUA_TNUMBER:
    case LUA_TSTRING:
        luaL_tolstring(L, index, NULL);
        return;
    default: {
        // An address would tell where the process lies in memory, and differ from run to run.
        int field = luaL_getmetafield(L, index, "__name");
        if (field == LUA_TSTRING) return;
        if (field != LUA_TNIL) lua_pop(L, 1);
        lua_pushstring(L, luaL_typename(L, index));
    }
    }
}

static int to_string(lua_State *L) {
    luaL_checkany(L, 1);
    luahost_push_text(L, 1);
    return 1;
}

static int to_number(lua_State *L) {
    // The library would read tens of megabytes of digits between two hooks.
    if (lua_type(L, 1) == LUA_TSTRING && lua_rawlen(L, 1) > LONGEST_NUMERAL)
        return luaL_argerror(L, 1, "numeral is too long");
    return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

// MARK: Functions of the library that read long strings without allocating

static int call_metered(lua_State *L) {
    size_t bytes = 0;
    for (int i = lua_gettop(L); i > 0; i--) {
        if (lua_type(L, i) == LUA_TSTRING) bytes += lua_rawlen(L, i);
    }
    luahost_tick(L, 1 + bytes / 16);
    return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

void luahost_metered(lua_State *L, lua_CFunction function) {
    lua_pushcfunction(L, function);
    lua_pushcclosure(L, call_metered, 1);
}

static void meter_fields(lua_State *L, const char *const *names) {
    for (; *names; names++) {
        lua_getfield(L, -1, *names);
        luahost_metered(L, lua_tocfunction(L, -1));
        lua_setfield(L, -3, *names);
        lua_pop(L, 1);
    }
}

// MARK: Globals

int luahost_read_only(lua_State *L) {
    luahost_push_place(L);
    if (lua_type(L, 2) == LUA_TSTRING)
        lua_pushfstring(L, "%s'%s' cannot be assigned: it is read-only", lua_tostring(L, -1), lua_tostring(L, 2));
    else
        lua_pushfstring(L, "%scannot assign: it is read-only", lua_tostring(L, -1));
    return lua_error(L);
}

static int write_global(lua_State *L) {
    luahost_push_place(L);
    const char *name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : luaL_typename(L, 2);
    lua_pushfstring(L, "%sassignment to global '%s'; declare it with 'local'", lua_tostring(L, -1), name);
    return lua_error(L);
}

static int read_global(lua_State *L) {
    const char *name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : luaL_typename(L, 2);
    luahost_push_nearest(L, 1, name);
    luahost_push_place(L);
    lua_pushfstring(L, "%sundeclared name '%s'%s", lua_tostring(L, -1), name, lua_tostring(L, -2));
    return lua_error(L);
}

// Replaces the table on top by an empty one that shows it.
static void show_read_only(lua_State *L, lua_CFunction on_write) {
    lua_newtable(L);
    lua_createtable(L, 0, 3);
    lua_pushvalue(L, -3);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, on_write);
    lua_setfield(L, -2, "__newindex");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
    lua_remove(L, -2);
}

static void add_library(lua_State *L, int environment, const char *name) {
    show_read_only(L, luahost_read_only);
    lua_setfield(L, environment, name);
}

static void add_base(lua_State *L, int environment) {
    static const char *const kept[] = {
        "assert", "error", "ipairs", "rawequal", "rawlen", "select", "type", "_VERSION", NULL,
    };
    static const luaL_Reg own[] = {
        {"setmetatable", set_metatable}, {"getmetatable", get_metatable}, {"rawget", raw_get}, {"rawset", raw_set},
        {"pcall", protected_call},       {"tostring", to_string},         {"pairs", luahost_pairs}, {NULL, NULL},
    };
    lua_pushcfunction(L, luaopen_base);
    lua_call(L, 0, 1);  // into the globals, which nobody will see
    for (const char *const *name = kept; *name; name++) {
        lua_getfield(L, -1, *name);
        lua_setfield(L, environment, *name);
    }
    lua_getfield(L, -1, "tonumber");
    lua_pushcclosure(L, to_number, 1);
    lua_setfield(L, environment, "tonumber");
    lua_pop(L, 1);
    lua_pushvalue(L, environment);
    luaL_setfuncs(L, own, 0);
    lua_pop(L, 1);
}

void luahost_open_environment(lua_State *L) {
    static const char *const utf8_functions[] = {"char", "codepoint", "codes", "len", "offset", NULL};
    lua_newtable(L);
    int environment = lua_gettop(L);
    add_base(L, environment);

    lua_pushcfunction(L, luaopen_math);
    lua_call(L, 0, 1);
    lua_pushnil(L);
    lua_setfield(L, -2, "random");
    lua_pushnil(L);
    lua_setfield(L, -2, "randomseed");
    add_library(L, environment, LUA_MATHLIBNAME);

    lua_pushcfunction(L, luaopen_utf8);
    lua_call(L, 0, 1);
    meter_fields(L, utf8_functions);
    add_library(L, environment, LUA_UTF8LIBNAME);

    luahost_open_table(L);
    add_library(L, environment, LUA_TABLIBNAME);
    luahost_open_string(L);
    add_library(L, environment, LUA_STRLIBNAME);

    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, read_global);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, environment);
    show_read_only(L, write_global);
    lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
}
