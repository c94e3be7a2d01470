#include "internal.h"

#include <string.h>

// The library goes through a table in the order of its hash, whose seed is random for each state; evidence must not
// depend on it. Here: numbers, then strings, then booleans. Elements 1 to #t need no sorting.

enum { SOURCE = 1, KEYS, POSITION, BEFORE, LENGTH };  // upvalues of the iterator
enum { VISIT_COST = 256 };  // going through a table costs its capacity, which the API does not tell

typedef struct {
    enum { KEY_INTEGER, KEY_FLOAT, KEY_STRING, KEY_BOOLEAN } type;
    lua_Integer place;  // in the unsorted keys
    lua_Integer integer;
    lua_Number number;
    const char *text;
    size_t count;
} sort_key;

static int compare_mixed(lua_Integer integer, lua_Number number) {
    if (number >= 9223372036854775808.0) return -1;
    if (number < -9223372036854775808.0) return 1;
    lua_Integer whole = (lua_Integer)number;
    if (integer != whole) return integer < whole ? -1 : 1;
    lua_Number rest = number - (lua_Number)whole;
    return rest > 0 ? -1 : rest < 0;
}

static int compare_keys(const sort_key *a, const sort_key *b) {
    bool a_is_number = a->type <= KEY_FLOAT, b_is_number = b->type <= KEY_FLOAT;
    if (a_is_number && b_is_number) {
        if (a->type == KEY_INTEGER && b->type == KEY_INTEGER)
            return (a->integer > b->integer) - (a->integer < b->integer);
        if (a->type == KEY_INTEGER) return compare_mixed(a->integer, b->number);
        if (b->type == KEY_INTEGER) return -compare_mixed(b->integer, a->number);
        return (a->number > b->number) - (a->number < b->number);
    }
    if (a->type != b->type) return (a->type > b->type) - (a->type < b->type);
    if (a->type == KEY_BOOLEAN) return (a->integer > b->integer) - (a->integer < b->integer);
    int order = memcmp(a->text, b->text, a->count < b->count ? a->count : b->count);
    return order ? order : (a->count > b->count) - (a->count < b->count);
}

static sort_key *merge_sort(lua_State *L, sort_key *keys, sort_key *spare, size_t count) {
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t start = 0; start < count; start += 2 * width) {
            size_t middle = start + width < count ? start + width : count;
            size_t end = start + 2 * width < count ? start + 2 * width : count;
            size_t left = start, right = middle;
            for (size_t to = start; to < end; to++) {
                bool from_left = right == end;
                if (!from_left && left < middle) {
                    luahost_tick(L, 2 + keys[left].count / 64);
                    from_left = compare_keys(&keys[left], &keys[right]) <= 0;
                }
                spare[to] = from_left ? keys[left++] : keys[right++];
            }
        }
        sort_key *sorted = spare;
        spare = keys;
        keys = sorted;
    }
    return keys;
}

static sort_key read_key(lua_State *L, int index, lua_Integer place) {
    sort_key key = {.place = place};
    switch (lua_type(L, index)) {
    case LUA_TNUMBER:
        key.type = lua_isinteger(L, index) ? KEY_INTEGER : KEY_FLOAT;
        key.integer = lua_tointeger(L, index);
        key.number = lua_tonumber(L, index);
        return key;
    case LUA_TBOOLEAN:
        key.type = KEY_BOOLEAN;
        key.integer = lua_toboolean(L, index);
        return key;
    case LUA_TSTRING:
        key.type = KEY_STRING;
        key.text = lua_tolstring(L, index, &key.count);
        return key;
    default:
        luaL_error(L, "pairs: a %s used as a key has no order", luaL_typename(L, index));
        return key;
    }
}

static bool is_element(lua_State *L, int index, lua_Integer length) {
    return lua_isinteger(L, index) && lua_tointeger(L, index) >= 1 && lua_tointeger(L, index) <= length;
}

// Whether a key lies between two elements (1.5), so that they must be sorted together.
static bool is_between(lua_State *L, int index, lua_Integer length) {
    if (lua_type(L, index) != LUA_TNUMBER || lua_isinteger(L, index)) return false;
    return lua_tonumber(L, index) > 1 && lua_tonumber(L, index) < (lua_Number)length;
}

// Pushes the sorted keys of `source` other than 1 to `length`; returns how many come before those.
static lua_Integer push_sorted_keys(lua_State *L, int source, lua_Integer *length) {
    lua_newtable(L);
    int keys = lua_gettop(L);
    lua_Integer count = 0, before = 0;
    luahost_tick(L, VISIT_COST);
    for (lua_pushnil(L); lua_next(L, source); lua_pop(L, 1)) {
        luahost_tick(L, 1);
        if (is_element(L, -2, *length)) continue;
        if (is_between(L, -2, *length)) {
            lua_settop(L, keys - 1);
            *length = 0;
            return push_sorted_keys(L, source, length);
        }
        lua_pushvalue(L, -2);
        lua_rawseti(L, keys, ++count);
    }
    if (count == 0) return 0;

    sort_key *items = lua_newuserdatauv(L, (size_t)count * 2 * sizeof *items, 0);
    for (lua_Integer i = 0; i < count; i++) {
        lua_rawgeti(L, keys, i + 1);
        items[i] = read_key(L, -1, i + 1);
        lua_pop(L, 1);
    }
    sort_key *sorted = merge_sort(L, items, items + count, (size_t)count);
    lua_createtable(L, count < INT32_MAX ? (int)count : INT32_MAX, 0);
    for (lua_Integer i = 0; i < count; i++) {
        bool is_number = sorted[i].type == KEY_INTEGER || sorted[i].type == KEY_FLOAT;
        if (is_number && sorted[i].number < 1) before++;
        lua_rawgeti(L, keys, sorted[i].place);
        lua_rawseti(L, -2, i + 1);
    }
    lua_replace(L, keys);
    lua_settop(L, keys);
    return before;
}

static int next_pair(lua_State *L) {
    lua_Integer position = lua_tointeger(L, lua_upvalueindex(POSITION));
    lua_Integer before = lua_tointeger(L, lua_upvalueindex(BEFORE));
    lua_Integer length = lua_tointeger(L, lua_upvalueindex(LENGTH));
    lua_Integer total = length + (lua_Integer)lua_rawlen(L, lua_upvalueindex(KEYS));
    while (++position <= total) {
        luahost_tick(L, 1);
        lua_settop(L, 0);
        if (position > before && position <= before + length) lua_pushinteger(L, position - before);
        else lua_rawgeti(L, lua_upvalueindex(KEYS), position <= before ? position : position - length);
        lua_pushvalue(L, 1);
        if (lua_rawget(L, lua_upvalueindex(SOURCE)) == LUA_TNIL) continue;  // removed since
        lua_pushinteger(L, position);
        lua_replace(L, lua_upvalueindex(POSITION));
        return 2;
    }
    lua_pushinteger(L, total);
    lua_replace(L, lua_upvalueindex(POSITION));
    lua_settop(L, 0);
    lua_pushnil(L);
    return 1;
}

static int next_row(lua_State *L) {
    lua_Integer index = luaL_checkinteger(L, 2) + 1;
    lua_settop(L, 1);
    lua_pushinteger(L, index);
    return lua_geti(L, 1, index) == LUA_TNIL ? 1 : 2;
}

// Iterates over the raw table on top of the stack.
static int iterate(lua_State *L) {
    int source = lua_gettop(L);
    lua_Integer length = (lua_Integer)lua_rawlen(L, source);
    lua_pushvalue(L, source);
    lua_Integer before = push_sorted_keys(L, source, &length);
    lua_pushinteger(L, 0);
    lua_pushinteger(L, before);
    lua_pushinteger(L, length);
    lua_pushcclosure(L, next_pair, 5);
    return 1;
}

int luahost_pairs(lua_State *L) {
    luaL_checkany(L, 1);
    lua_settop(L, 1);
    switch (luahost_kind_at(L, 1)) {
    case KIND_LIST:
        lua_pushcfunction(L, next_row);
        lua_pushvalue(L, 1);
        lua_pushinteger(L, 0);
        return 3;
    case KIND_ROW:
        luahost_push_fields(L, 1);
        return iterate(L);
    case KIND_FROZEN:
    case KIND_RECORD:
        lua_getiuservalue(L, 1, 1);
        return iterate(L);
    case KIND_MISSING: return luahost_raise_missing(L, 1, NULL);
    default: break;
    }
    if (luaL_getmetafield(L, 1, "__pairs") != LUA_TNIL) {
        lua_pushvalue(L, 1);
        lua_call(L, 1, 3);
        return 3;
    }
    luaL_checktype(L, 1, LUA_TTABLE);
    return iterate(L);
}
