#include "internal.h"

#include <lualib.h>
#include <string.h>

enum { LONGEST_QUOTED = 1 << 20 };

static int repeat(lua_State *L) {
    size_t count, gap;
    const char *text = luaL_checklstring(L, 1, &count);
    lua_Integer times = luaL_checkinteger(L, 2);
    const char *separator = luaL_optlstring(L, 3, "", &gap);
    if (times <= 0) {
        lua_pushliteral(L, "");
        return 1;
    }
    luaL_argcheck(L, times <= LUAHOST_COUNT_CAP, 2, "more than 1000000 repetitions");
    if (count + gap == 0) {
        lua_pushliteral(L, "");
        return 1;
    }
    if (count + gap > SIZE_MAX / 2 / (size_t)times) return luaL_error(L, "resulting string too large");
    size_t total = (size_t)times * (count + gap) - gap;
    luahost_tick(L, (size_t)times + total / 64);
    luaL_Buffer buffer;
    char *to = luaL_buffinitsize(L, &buffer, total);
    while (times-- > 0) {
        memcpy(to, text, count);
        to += count;
        if (times > 0 && gap > 0) {
            memcpy(to, separator, gap);
            to += gap;
        }
    }
    luaL_pushresultsize(&buffer, total);
    return 1;
}

// Texts are made, and addresses masked, before the library sees them; it then checks and prints each item.
static int format(lua_State *L) {
    size_t count;
    const char *at = luaL_checklstring(L, 1, &count);
    const char *end = at + count;
    int argument = 1, top = lua_gettop(L);
    luahost_tick(L, 1 + count / 4);
    while (at < end) {
        if (*at++ != '%') continue;
        if (at < end && *at == '%') {
            at++;
            continue;
        }
        while (at < end && strchr("-+ #0123456789.", *at) && *at) at++;
        if (at >= end || ++argument > top) break;  // the library says what is wrong
        switch (*at++) {
        case 's':
            luahost_push_text(L, argument);
            lua_replace(L, argument);
            luahost_tick(L, 1 + lua_rawlen(L, argument) / 64);
            break;
        case 'p':
            lua_pushboolean(L, 0);  // has no address: prints as (null)
            lua_replace(L, argument);
            break;
        case 'q':
            luaL_argcheck(
                L, lua_type(L, argument) != LUA_TSTRING || lua_rawlen(L, argument) <= LONGEST_QUOTED, argument,
                "text is too long to quote");
            break;
        default: break;
        }
    }
    return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

void luahost_open_string(lua_State *L) {
    static const char *const metered[] = {
        "byte", "char", "len", "lower", "upper", "reverse", "sub", "pack", "packsize", "unpack", NULL,
    };
    lua_pushcfunction(L, luaopen_string);
    lua_call(L, 0, 1);  // also makes the metatable of strings, whose __index is this very table
    for (const char *const *name = metered; *name; name++) {
        lua_getfield(L, -1, *name);
        luahost_metered(L, lua_tocfunction(L, -1));
        lua_setfield(L, -3, *name);
        lua_pop(L, 1);
    }
    lua_pushnil(L);
    lua_setfield(L, -2, "dump");
    lua_pushcfunction(L, repeat);
    lua_setfield(L, -2, "rep");
    lua_getfield(L, -1, "format");
    lua_pushcclosure(L, format, 1);
    lua_setfield(L, -2, "format");
    luahost_set_pattern_functions(L);
}
