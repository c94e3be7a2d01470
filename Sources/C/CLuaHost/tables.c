#include "internal.h"

#include <string.h>

// The library's functions honour metamethods, so that a __len of 2^62 keeps table.insert in a C loop for ever, and
// table.move loops over any range it is told. These take plain tables alone, count ticks and have limits.

static lua_Integer check_plain(lua_State *L, int index) {
    if (!lua_istable(L, index)) luaL_typeerror(L, index, "table");
    luaL_argcheck(L, luahost_is_plain(L, index), index, "plain table expected, this one has a metatable");
    return (lua_Integer)lua_rawlen(L, index);
}

// For the functions that only read: replaces a frozen list by its table. Returns the length.
static lua_Integer check_readable(lua_State *L, int index) {
    if (luahost_kind_at(L, index) != KIND_FROZEN) return check_plain(L, index);
    lua_Integer count = ((luahost_frozen *)lua_touserdata(L, index))->count;
    lua_getiuservalue(L, index, 1);
    lua_replace(L, index);
    return count;
}

static int insert(lua_State *L) {
    lua_Integer end = check_plain(L, 1) + 1, at = end;
    switch (lua_gettop(L)) {
    case 2: break;
    case 3:
        at = luaL_checkinteger(L, 2);
        luaL_argcheck(L, at >= 1 && at <= end, 2, "position out of bounds");
        for (lua_Integer i = end; i > at; i--) {
            luahost_tick(L, 1);
            lua_rawgeti(L, 1, i - 1);
            lua_rawseti(L, 1, i);
        }
        break;
    default: return luaL_error(L, "wrong number of arguments to 'insert'");
    }
    lua_rawseti(L, 1, at);
    return 0;
}

static int take_out(lua_State *L) {
    lua_Integer count = check_plain(L, 1), at = luaL_optinteger(L, 2, count);
    if (at != count) luaL_argcheck(L, at >= 1 && at <= count + 1, 2, "position out of bounds");
    lua_rawgeti(L, 1, at);
    for (; at < count; at++) {
        luahost_tick(L, 1);
        lua_rawgeti(L, 1, at + 1);
        lua_rawseti(L, 1, at);
    }
    lua_pushnil(L);
    lua_rawseti(L, 1, at);
    return 1;
}

static int move(lua_State *L) {
    check_plain(L, 1);
    lua_Integer from = luaL_checkinteger(L, 2), last = luaL_checkinteger(L, 3), to = luaL_checkinteger(L, 4);
    int target = lua_isnoneornil(L, 5) ? 1 : 5;
    check_plain(L, target);
    if (last >= from) {
        lua_Unsigned count = (lua_Unsigned)last - (lua_Unsigned)from + 1;
        luaL_argcheck(L, count != 0 && count <= LUAHOST_COUNT_CAP, 3, "too many elements to move");
        luaL_argcheck(L, to <= LUA_MAXINTEGER - (lua_Integer)count + 1, 4, "destination wrap around");
        // Backwards where the target begins inside the source, so that no element is read after it was replaced.
        bool backwards = to > from && to <= last && (target == 1 || lua_rawequal(L, 1, target));
        for (lua_Integer i = 0; i < (lua_Integer)count; i++) {
            lua_Integer offset = backwards ? (lua_Integer)count - 1 - i : i;
            luahost_tick(L, 1);
            lua_rawgeti(L, 1, from + offset);
            lua_rawseti(L, target, to + offset);
        }
    }
    lua_pushvalue(L, target);
    return 1;
}

static int concatenate(lua_State *L) {
    lua_Integer length = check_readable(L, 1);
    size_t gap;
    const char *separator = luaL_optlstring(L, 2, "", &gap);
    lua_Integer first = luaL_optinteger(L, 3, 1), last = luaL_optinteger(L, 4, length);
    luaL_Buffer buffer;
    luaL_argcheck(
        L, last < first || (lua_Unsigned)last - (lua_Unsigned)first < LUAHOST_COUNT_CAP, 4, "too many elements");
    luaL_buffinit(L, &buffer);
    lua_Integer count = last < first ? 0 : (lua_Integer)((lua_Unsigned)last - (lua_Unsigned)first) + 1;
    for (lua_Integer i = 0; i < count; i++) {
        int type = lua_rawgeti(L, 1, first + i);
        if (type != LUA_TSTRING && type != LUA_TNUMBER)
            return luaL_error(
                L, "invalid value (%s) at index %I in table for 'concat'", lua_typename(L, type),
                (LUAI_UACINT)(first + i));
        luahost_tick(L, 1 + (type == LUA_TSTRING ? lua_rawlen(L, -1) / 64 : 0));
        luaL_addvalue(&buffer);
        if (i + 1 < count) luaL_addlstring(&buffer, separator, gap);
    }
    luaL_pushresult(&buffer);
    return 1;
}

static int pack(lua_State *L) {
    int count = lua_gettop(L);
    lua_createtable(L, count, 1);
    lua_insert(L, 1);
    luahost_tick(L, (size_t)count);
    for (int i = count; i >= 1; i--) lua_rawseti(L, 1, i);
    lua_pushinteger(L, count);
    lua_setfield(L, 1, "n");
    return 1;
}

static int unpack(lua_State *L) {
    lua_Integer length = check_readable(L, 1);
    lua_Integer first = luaL_optinteger(L, 2, 1), last = luaL_optinteger(L, 3, length);
    if (first > last) return 0;
    lua_Unsigned count = (lua_Unsigned)last - (lua_Unsigned)first + 1;
    if (count == 0 || count > LUAHOST_COUNT_CAP || !lua_checkstack(L, (int)count))
        return luaL_error(L, "too many results to unpack");
    luahost_tick(L, (size_t)count);
    for (lua_Unsigned i = 0; i < count; i++) lua_rawgeti(L, 1, (lua_Integer)((lua_Unsigned)first + i));
    return (int)count;
}

// MARK: Sort

static bool comes_before(lua_State *L, int a, int b) {
    luahost_tick(L, 2);
    if (lua_isnil(L, 2)) return lua_compare(L, a, b, LUA_OPLT);
    a = lua_absindex(L, a);
    b = lua_absindex(L, b);
    lua_pushvalue(L, 2);
    lua_pushvalue(L, a);
    lua_pushvalue(L, b);
    lua_call(L, 2, 1);
    bool answer = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return answer;
}

static void merge(lua_State *L, int from, int to, lua_Integer start, lua_Integer middle, lua_Integer end) {
    lua_Integer left = start, right = middle;
    for (lua_Integer at = start; at < end; at++) {
        bool from_left = right == end;
        if (!from_left && left < middle) {
            lua_rawgeti(L, from, left);
            lua_rawgeti(L, from, right);
            from_left = !comes_before(L, -1, -2);
            lua_pop(L, 2);
        }
        luahost_tick(L, 1);
        lua_rawgeti(L, from, from_left ? left++ : right++);
        lua_rawseti(L, to, at);
    }
}

// A merge sort on copies: no order function, however odd, leads it out of bounds or loses an element.
static int sort(lua_State *L) {
    lua_Integer count = check_plain(L, 1);
    luaL_argcheck(L, count <= LUAHOST_COUNT_CAP, 1, "array too big");
    if (!lua_isnoneornil(L, 2)) luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_settop(L, 2);
    lua_createtable(L, (int)count, 0);
    lua_createtable(L, (int)count, 0);
    int from = 3, to = 4;
    for (lua_Integer i = 1; i <= count; i++) {
        luahost_tick(L, 1);
        lua_rawgeti(L, 1, i);
        lua_rawseti(L, from, i);
    }
    for (lua_Integer width = 1; width < count; width *= 2) {
        for (lua_Integer start = 1; start <= count; start += 2 * width) {
            lua_Integer middle = start + width <= count ? start + width : count + 1;
            lua_Integer end = start + 2 * width <= count ? start + 2 * width : count + 1;
            merge(L, from, to, start, middle, end);
        }
        from = 7 - from;
        to = 7 - to;
    }
    for (lua_Integer i = 1; i <= count; i++) {
        luahost_tick(L, 1);
        lua_rawgeti(L, from, i);
        lua_rawseti(L, 1, i);
    }
    return 0;
}

void luahost_open_table(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"insert", insert}, {"remove", take_out}, {"move", move}, {"concat", concatenate},
        {"pack", pack},     {"unpack", unpack},   {"sort", sort}, {NULL, NULL},
    };
    luaL_newlib(L, functions);
}
