#include "internal.h"

#include <stdio.h>
#include <string.h>

enum { VISIT_COST = 256 };  // lua_next over an emptied table costs its capacity, which the API does not tell

// Where a value lies in the argument: named only once something is wrong with it.
typedef struct place {
    const struct place *outer;
    const char *key;  // null: an element of a list
    lua_Integer index;
} place;

static size_t print_place(const place *at, char *text, size_t count) {
    size_t used = at->outer ? print_place(at->outer, text, count) : 0;
    int more;
    if (at->key) more = snprintf(text + used, count - used, "%s%.40s", used ? "." : "", at->key);
    else if (at->outer) more = snprintf(text + used, count - used, "[%lld]", (long long)at->index);
    else return 0;
    used += more > 0 ? (size_t)more : 0;
    return used < count ? used : count - 1;
}

static void fail(lua_State *L, const place *at, const char *what) {
    char path[200] = "";
    print_place(at, path, sizeof path);
    luahost_push_place(L);
    if (!lua_rawlen(L, -1)) lua_pushfstring(L, "%s: ", luahost_of(L)->name);
    if (path[0]) lua_pushfstring(L, "%s%s (at %s)", lua_tostring(L, -1), what, path);
    else lua_pushfstring(L, "%s%s", lua_tostring(L, -1), what);
    lua_error(L);
}

// MARK: Bytes

luahost_packer luahost_packer_make(lua_State *L, int max_depth) {
    luahost_packer packer = {.L = L, .capacity = 256, .max_depth = max_depth};
    packer.bytes = lua_newuserdatauv(L, packer.capacity, 0);
    packer.box = lua_gettop(L);
    return packer;
}

static uint8_t *reserve(luahost_packer *packer, size_t count) {
    lua_State *L = packer->L;
    luahost_tick(L, 1 + count / 64);
    if (count > LUAHOST_TAPE_BYTES || packer->count + count > LUAHOST_TAPE_BYTES)
        luaL_error(L, "more than 1 MiB cannot be passed to the host at once");
    if (packer->count + count > packer->capacity) {
        size_t capacity = packer->capacity * 2;
        if (capacity < packer->count + count) capacity = packer->count + count;
        uint8_t *grown = lua_newuserdatauv(L, capacity, 0);
        memcpy(grown, packer->bytes, packer->count);
        lua_replace(L, packer->box);
        packer->bytes = grown;
        packer->capacity = capacity;
    }
    uint8_t *to = packer->bytes + packer->count;
    packer->count += count;
    return to;
}

static void put(luahost_packer *packer, luahost_tag tag, const void *payload, size_t count) {
    uint8_t *to = reserve(packer, 1 + count);
    to[0] = (uint8_t)tag;
    if (count) memcpy(to + 1, payload, count);
}

void luahost_pack_count(luahost_packer *packer, luahost_tag tag, uint32_t count) {
    put(packer, tag, &count, sizeof count);
}

static void put_text(luahost_packer *packer, const char *text, size_t count) {
    uint32_t short_count = (uint32_t)count;
    uint8_t *to = reserve(packer, sizeof short_count + count);  // more than 1 MiB ends here
    memcpy(to, &short_count, sizeof short_count);
    if (count) memcpy(to + sizeof short_count, text, count);
}

void luahost_pack_text(luahost_packer *packer, luahost_tag tag, const char *text, size_t count) {
    put(packer, tag, NULL, 0);
    put_text(packer, text, count);
}

static void put_string_at(luahost_packer *packer, int index) {
    size_t count;
    const char *text = lua_tolstring(packer->L, index, &count);
    put_text(packer, text, count);
}

// MARK: Values

static void pack_value(luahost_packer *packer, int index, const place *at, int depth);

// Whether the entry on top (key, value) is left out: a function of a manifest.
static bool is_skipped(const luahost_packer *packer, int depth) {
    return depth == 0 && packer->skips_functions && lua_isfunction(packer->L, -1)
        && lua_type(packer->L, -2) == LUA_TSTRING;
}

// How many entries there are; says in `is_list` whether they are the elements 1 to that number.
static uint32_t survey(luahost_packer *packer, int table, const place *at, int depth, bool *is_list) {
    lua_State *L = packer->L;
    lua_Integer elements = 0, last = 0, texts = 0;
    luahost_tick(L, VISIT_COST);
    for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) {
        luahost_tick(L, 1);
        if (is_skipped(packer, depth)) continue;
        lua_Integer key = lua_isinteger(L, -2) ? lua_tointeger(L, -2) : 0;
        if (key > last) last = key;
        if (lua_type(L, -2) == LUA_TSTRING) texts++;
        else if (key >= 1) elements++;
        else fail(L, at, "only a list or a table with names as keys can be passed to the host");
        if (packer->elements + (size_t)(texts + elements) > LUAHOST_TAPE_ELEMENTS)
            fail(L, at, "more than 100000 elements cannot be passed to the host at once");
    }
    if (texts > 0 && elements > 0) fail(L, at, "a table with both list and map keys cannot be passed to the host");
    if (elements != last) fail(L, at, "a list with holes cannot be passed to the host");
    *is_list = elements > 0;
    packer->elements += (size_t)(texts + elements);
    return (uint32_t)(texts + elements);
}

static void pack_table(luahost_packer *packer, int table, const place *at, int depth) {
    lua_State *L = packer->L;
    if (depth >= packer->max_depth) fail(L, at, "the value is nested too deeply, or contains itself");
    bool is_list;
    uint32_t count = survey(packer, table, at, depth, &is_list);
    luahost_pack_count(packer, is_list ? LUAHOST_LIST : LUAHOST_MAP, count);
    for (uint32_t i = 1; is_list && i <= count; i++) {
        lua_rawgeti(L, table, i);
        place inner = {.outer = at, .index = i};
        pack_value(packer, lua_gettop(L), &inner, depth + 1);
        lua_pop(L, 1);
    }
    if (is_list) return;
    luahost_tick(L, VISIT_COST);
    for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) {
        if (is_skipped(packer, depth)) continue;
        put_string_at(packer, -2);
        place inner = {.outer = at, .key = lua_tostring(L, -2)};
        pack_value(packer, lua_gettop(L), &inner, depth + 1);
    }
}

static void pack_reference(luahost_packer *packer, luahost_tag tag, uint64_t list, uint64_t index) {
    uint64_t both[2] = {list, index};
    put(packer, tag, both, sizeof both);
}

// Host objects cross as such only as arguments of their own, where the host function can see them.
static void pack_userdata(luahost_packer *packer, int index, const place *at, int depth) {
    lua_State *L = packer->L;
    void *data = lua_touserdata(L, index);
    luahost_kind kind = luahost_kind_at(L, index);
    if (kind == KIND_FROZEN) {
        lua_getiuservalue(L, index, 1);
        pack_table(packer, lua_gettop(L), at, depth);
        lua_pop(L, 1);
        return;
    }
    if (depth > 0) {
        char path[200] = "";
        print_place(at, path, sizeof path);
        if (kind == KIND_MISSING) luahost_raise_missing(L, index, path);
        luahost_push_text(L, index);
        lua_pushfstring(L, "a %s inside a table cannot be passed to the host", lua_tostring(L, -1));
        fail(L, at, lua_tostring(L, -1));
    }
    switch (kind) {
    case KIND_LIST: put(packer, LUAHOST_ROWS, &((luahost_list *)data)->list, sizeof(uint64_t)); return;
    case KIND_ROW: {
        const luahost_row *row = data;
        pack_reference(packer, LUAHOST_ROW, row->list, row->index);
        return;
    }
    case KIND_MISSING: {
        lua_getiuservalue(L, index, 1);
        const luahost_row *row = lua_touserdata(L, -1);
        pack_reference(packer, LUAHOST_MISSING, row->list, row->index);
        lua_getiuservalue(L, index, 2);
        put_string_at(packer, -1);
        lua_pop(L, 2);
        return;
    }
    case KIND_OBJECT: {
        put(packer, LUAHOST_OBJECT, &((luahost_object *)data)->class, sizeof(uint32_t));
        memcpy(reserve(packer, sizeof(uint64_t)), &((luahost_object *)data)->handle, sizeof(uint64_t));
        return;
    }
    case KIND_RECORD:
        put(packer, LUAHOST_RECORD, NULL, 0);
        lua_getiuservalue(L, index, 2);
        put_string_at(packer, -1);
        lua_pop(L, 1);
        return;
    default: fail(L, at, "this userdata cannot be passed to the host");
    }
}

static void pack_value(luahost_packer *packer, int index, const place *at, int depth) {
    lua_State *L = packer->L;
    luaL_checkstack(L, 8, "value");
    switch (lua_type(L, index)) {
    case LUA_TNIL: put(packer, LUAHOST_NIL, NULL, 0); return;
    case LUA_TBOOLEAN: put(packer, lua_toboolean(L, index) ? LUAHOST_YES : LUAHOST_NO, NULL, 0); return;
    case LUA_TNUMBER:
        if (lua_isinteger(L, index)) {
            lua_Integer value = lua_tointeger(L, index);
            put(packer, LUAHOST_INTEGER, &value, sizeof value);
        } else {
            lua_Number value = lua_tonumber(L, index);
            put(packer, LUAHOST_FLOAT, &value, sizeof value);
        }
        return;
    case LUA_TSTRING:
        put(packer, LUAHOST_STRING, NULL, 0);
        put_string_at(packer, index);
        return;
    case LUA_TTABLE: pack_table(packer, index, at, depth); return;
    case LUA_TUSERDATA: pack_userdata(packer, index, at, depth); return;
    default:
        lua_pushfstring(L, "a %s cannot be passed to the host", luaL_typename(L, index));
        fail(L, at, lua_tostring(L, -1));
    }
}

void luahost_pack(luahost_packer *packer, int index) {
    place outermost = {0};
    if (++packer->elements > LUAHOST_TAPE_ELEMENTS)
        luaL_error(packer->L, "more than 100000 elements cannot be passed to the host at once");
    pack_value(packer, lua_absindex(packer->L, index), &outermost, 0);
}
