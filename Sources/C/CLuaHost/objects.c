#include "internal.h"

#include <string.h>

// What the host lends to a script: result lists, their rows, missing values, frozen tables, records and objects of
// classes. All are userdata that nothing can be assigned to.

luahost_kind luahost_kind_at(lua_State *L, int index) {
    return lua_type(L, index) == LUA_TUSERDATA ? *(luahost_kind *)lua_touserdata(L, index) : 0;
}

static void set_kind(lua_State *L, luahost_kind kind) {
    lua_rawgeti(L, LUA_REGISTRYINDEX, luahost_of(L)->metatables[kind]);
    lua_setmetatable(L, -2);
}

static const char *key_text(lua_State *L, int index) {
    luahost_push_text(L, index);
    return lua_tostring(L, -1);
}

static void retained(lua_State *L, uint32_t class, uint64_t handle) {
    luahost *host = luahost_of(L);
    if (host->callbacks.retained) host->callbacks.retained(host->callbacks.context, class, handle);
}

static int release(lua_State *L) {
    luahost *host = luahost_of(L);
    const void *data = lua_touserdata(L, 1);
    if (luahost_kind_at(L, 1) == KIND_LIST) host->used -= ((const luahost_list *)data)->held;
    if (host->closing || !host->callbacks.released) return 0;
    if (luahost_kind_at(L, 1) == KIND_LIST)
        host->callbacks.released(host->callbacks.context, 0, ((const luahost_list *)data)->list);
    else if (luahost_kind_at(L, 1) == KIND_OBJECT)
        host->callbacks.released(
            host->callbacks.context, ((const luahost_object *)data)->class, ((const luahost_object *)data)->handle);
    return 0;
}

// MARK: Result lists

void luahost_push_list(lua_State *L, uint64_t list, uint64_t rows, uint64_t held, int shape) {
    luahost_list *data = lua_newuserdatauv(L, sizeof *data, 1);
    *data = (luahost_list){KIND_LIST, list, rows, 0};
    lua_pushvalue(L, shape);
    lua_setiuservalue(L, -2, 1);
    set_kind(L, KIND_LIST);
    retained(L, 0, list);
    luahost_charge(L, held < SIZE_MAX ? (size_t)held : SIZE_MAX);
    data->held = (size_t)held;
}

static int index_list(lua_State *L) {
    const luahost_list *list = lua_touserdata(L, 1);
    int is_integer;
    lua_Integer index = lua_type(L, 2) == LUA_TNUMBER ? lua_tointegerx(L, 2, &is_integer) : (is_integer = 0);
    if (!is_integer) return luaL_error(L, "a result list is read by index, it has no '%s'", key_text(L, 2));
    if (index < 1 || (uint64_t)index > list->rows) lua_pushnil(L);
    else luahost_push_row(L, 1, (uint64_t)index - 1);
    return 1;
}

static int count_list(lua_State *L) {
    lua_pushinteger(L, (lua_Integer)((luahost_list *)lua_touserdata(L, 1))->rows);
    return 1;
}

// Whether both operands of == are of a kind. A missing value is not compared with anything.
static bool are_both(lua_State *L, luahost_kind kind) {
    for (int i = 1; i <= 2; i++) {
        if (luahost_kind_at(L, i) == KIND_MISSING) luahost_raise_missing(L, i, NULL);
    }
    return luahost_kind_at(L, 1) == kind && luahost_kind_at(L, 2) == kind;
}

static int equal_lists(lua_State *L) {
    const luahost_list *a = lua_touserdata(L, 1), *b = lua_touserdata(L, 2);
    lua_pushboolean(L, are_both(L, KIND_LIST) && a->list == b->list);
    return 1;
}

// MARK: Rows

static void push_missing(lua_State *L, int row, int field) {
    luahost_missing *data = lua_newuserdatauv(L, sizeof *data, 2);
    data->kind = KIND_MISSING;
    lua_pushvalue(L, row);
    lua_setiuservalue(L, -2, 1);
    lua_pushvalue(L, field);
    lua_setiuservalue(L, -2, 2);
    set_kind(L, KIND_MISSING);
}

// Pushes the value of the field at `slot`, whose name is at `field`.
static void push_field(lua_State *L, int row, int field, int slot) {
    if (lua_getiuservalue(L, row, 2 + slot) != LUA_TNIL) return;
    if (lua_getiuservalue(L, row, 2) == LUA_TNIL) {
        lua_pop(L, 1);
        return;
    }
    lua_pop(L, 2);
    push_missing(L, row, field);
}

static void push_shape_of(lua_State *L, int row) {
    lua_getiuservalue(L, row, 1);
    lua_getiuservalue(L, -1, 1);
    lua_remove(L, -2);
}

static int index_row(lua_State *L) {
    push_shape_of(L, 1);
    if (lua_type(L, 2) == LUA_TSTRING) {
        lua_pushvalue(L, 2);
        if (lua_rawget(L, 3) == LUA_TNUMBER) {
            push_field(L, 1, 2, (int)lua_tointeger(L, -1));
            return 1;
        }
        const char *name = lua_tostring(L, 2);
        if (strcmp(name, "error") == 0) {
            lua_getiuservalue(L, 1, 2);
            return 1;
        }
        if (strcmp(name, "none") == 0) return 0;
    }
    return luahost_raise_unknown(L, "row", 3, key_text(L, 2));
}

void luahost_push_fields(lua_State *L, int row) {
    row = lua_absindex(L, row);
    push_shape_of(L, row);
    int shape = lua_gettop(L), count = (int)lua_rawlen(L, shape);
    lua_createtable(L, 0, count + 1);
    for (int slot = 1; slot <= count; slot++) {
        lua_rawgeti(L, shape, slot);
        push_field(L, row, shape + 2, slot);
        lua_rawset(L, -3);
    }
    lua_getiuservalue(L, row, 2);
    lua_setfield(L, -2, "error");
    lua_remove(L, shape);
}

static int equal_rows(lua_State *L) {
    const luahost_row *a = lua_touserdata(L, 1), *b = lua_touserdata(L, 2);
    lua_pushboolean(L, are_both(L, KIND_ROW) && a->list == b->list && a->index == b->index);
    return 1;
}

// MARK: Missing values

static void push_error_field(lua_State *L, int error, const char *name) {
    lua_pushstring(L, name);
    if (lua_rawget(L, error) == LUA_TSTRING) return;
    lua_pop(L, 1);
    lua_pushstring(L, "?");
}

int luahost_raise_missing(lua_State *L, int index, const char *path) {
    luaL_checkstack(L, 12, NULL);
    lua_getiuservalue(L, index, 2);
    const char *field = lua_tostring(L, -1);
    lua_getiuservalue(L, index, 1);
    lua_getiuservalue(L, -1, 2);  // the row's error, a frozen table
    if (luahost_kind_at(L, -1) == KIND_FROZEN) lua_getiuservalue(L, -1, 1);
    else lua_newtable(L);
    int error = lua_gettop(L);
    push_error_field(L, error, "name");
    push_error_field(L, error, "message");
    luahost_push_place(L);
    const char *at = path && path[0] ? lua_pushfstring(L, " (at %s)", path) : "";
    lua_pushfstring(
        L, "%svalue of '%s' is missing: %s: %s%s", lua_tostring(L, error + 3), field, lua_tostring(L, error + 1),
        lua_tostring(L, error + 2), at);
    return lua_error(L);
}

static int use_missing(lua_State *L) {
    int index = luahost_kind_at(L, 1) == KIND_MISSING ? 1 : 2;
    return luahost_raise_missing(L, index, NULL);
}

// MARK: Frozen tables

void luahost_freeze(lua_State *L, bool is_list, lua_Integer count) {
    luahost_frozen *data = lua_newuserdatauv(L, sizeof *data, 1);
    *data = (luahost_frozen){KIND_FROZEN, is_list, is_list ? count : 0};
    lua_insert(L, -2);
    lua_setiuservalue(L, -2, 1);
    set_kind(L, KIND_FROZEN);
}

static int index_frozen(lua_State *L) {
    lua_getiuservalue(L, 1, 1);
    lua_pushvalue(L, 2);
    lua_rawget(L, -2);
    return 1;
}

static int count_frozen(lua_State *L) {
    lua_pushinteger(L, ((luahost_frozen *)lua_touserdata(L, 1))->count);
    return 1;
}

// MARK: Records

void luahost_make_record(lua_State *L, bool strict) {
    luahost_record *data = lua_newuserdatauv(L, sizeof *data, 2);
    *data = (luahost_record){KIND_RECORD, strict};
    lua_insert(L, -3);
    lua_setiuservalue(L, -3, 2);
    lua_setiuservalue(L, -2, 1);
    set_kind(L, KIND_RECORD);
}

static int index_record(lua_State *L) {
    lua_getiuservalue(L, 1, 1);
    lua_pushvalue(L, 2);
    if (lua_rawget(L, 3) != LUA_TNIL || !((luahost_record *)lua_touserdata(L, 1))->strict) return 1;
    lua_getiuservalue(L, 1, 2);
    return luahost_raise_unknown(L, lua_tostring(L, -1), 3, key_text(L, 2));
}

static int text_of_record(lua_State *L) {
    lua_getiuservalue(L, 1, 2);
    return 1;
}

// MARK: Objects

void luahost_push_object(lua_State *L, uint32_t class, uint64_t handle) {
    lua_rawgeti(L, LUA_REGISTRYINDEX, luahost_of(L)->classes);
    if (lua_rawgeti(L, -1, class) != LUA_TTABLE) luaL_error(L, "the host returned an object of an unknown class");
    luahost_object *data = lua_newuserdatauv(L, sizeof *data, 0);
    *data = (luahost_object){KIND_OBJECT, class, handle};
    lua_insert(L, -2);
    lua_setmetatable(L, -2);
    lua_remove(L, -2);
    retained(L, class, handle);
}

static int equal_objects(lua_State *L) {
    const luahost_object *a = lua_touserdata(L, 1), *b = lua_touserdata(L, 2);
    lua_pushboolean(L, are_both(L, KIND_OBJECT) && a->class == b->class && a->handle == b->handle);
    return 1;
}

static int text_of_kind(lua_State *L) {
    lua_pushvalue(L, lua_upvalueindex(1));
    return 1;
}

static int unknown_member(lua_State *L) {
    const char *class = lua_tostring(L, lua_upvalueindex(1));
    return luahost_raise_unknown(L, class, 1, key_text(L, 2));
}

// What all metatables of the host have: a name, no address in the text, no assignment, no way to reach them.
static void push_metatable(lua_State *L, const char *name, const luaL_Reg *functions) {
    lua_newtable(L);
    lua_pushstring(L, name);
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, "__name");
    lua_pushcclosure(L, text_of_kind, 1);
    lua_setfield(L, -2, "__tostring");
    lua_pushcfunction(L, luahost_read_only);
    lua_setfield(L, -2, "__newindex");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    luaL_setfuncs(L, functions, 0);
}

void luahost_make_class(lua_State *L, uint32_t class, int name, int members) {
    static const luaL_Reg functions[] = {{"__eq", equal_objects}, {"__gc", release}, {NULL, NULL}};
    lua_rawgeti(L, LUA_REGISTRYINDEX, luahost_of(L)->classes);
    push_metatable(L, lua_tostring(L, name), functions);
    lua_newtable(L);
    lua_pushvalue(L, name);
    lua_pushcclosure(L, unknown_member, 1);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, members);
    lua_pushvalue(L, members);
    lua_setfield(L, -2, "__index");
    lua_rawseti(L, -2, class);
    lua_pop(L, 1);
}

void luahost_open_objects(lua_State *L) {
    static const luaL_Reg list[] = {
        {"__index", index_list}, {"__len", count_list}, {"__eq", equal_lists}, {"__gc", release}, {NULL, NULL}};
    static const luaL_Reg row[] = {{"__index", index_row}, {"__eq", equal_rows}, {NULL, NULL}};
    static const luaL_Reg missing[] = {
        {"__index", use_missing}, {"__newindex", use_missing}, {"__call", use_missing}, {"__tostring", use_missing},
        {"__len", use_missing}, {"__eq", use_missing}, {"__lt", use_missing}, {"__le", use_missing},
        {"__concat", use_missing}, {"__unm", use_missing}, {"__add", use_missing}, {"__sub", use_missing},
        {"__mul", use_missing}, {"__div", use_missing}, {"__idiv", use_missing}, {"__mod", use_missing},
        {"__pow", use_missing}, {"__band", use_missing}, {"__bor", use_missing}, {"__bxor", use_missing},
        {"__bnot", use_missing}, {"__shl", use_missing}, {"__shr", use_missing}, {"__close", use_missing},
        {NULL, NULL}};
    static const luaL_Reg frozen[] = {{"__index", index_frozen}, {"__len", count_frozen}, {NULL, NULL}};
    static const luaL_Reg record[] = {{"__index", index_record}, {"__tostring", text_of_record}, {NULL, NULL}};
    static const struct { luahost_kind kind; const char *name; const luaL_Reg *functions; } kinds[] = {
        {KIND_LIST, "result list", list}, {KIND_ROW, "row", row}, {KIND_MISSING, "missing value", missing},
        {KIND_FROZEN, "read-only table", frozen}, {KIND_RECORD, "record", record},
    };
    luahost *host = luahost_of(L);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        push_metatable(L, kinds[i].name, kinds[i].functions);
        host->metatables[kinds[i].kind] = luaL_ref(L, LUA_REGISTRYINDEX);
    }
    lua_newtable(L);
    host->classes = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_newtable(L);
    host->shapes = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_newtable(L);
    host->functions = luaL_ref(L, LUA_REGISTRYINDEX);
}
