#include "internal.h"

#include <stdio.h>
#include <string.h>

enum { LONGEST_NAME = 64 };

// Edits (insert, delete, replace, swap of neighbours) from one name to the other; large where it cannot matter.
static int distance(const char *a, size_t a_count, const char *b, size_t b_count) {
    if (a_count > LONGEST_NAME || b_count > LONGEST_NAME) return LONGEST_NAME;
    int rows[3][LONGEST_NAME + 1];
    int *before = rows[0], *last = rows[1], *row = rows[2];
    for (size_t j = 0; j <= b_count; j++) last[j] = before[j] = (int)j;
    for (size_t i = 1; i <= a_count; i++) {
        row[0] = (int)i;
        for (size_t j = 1; j <= b_count; j++) {
            int best = last[j - 1] + (a[i - 1] != b[j - 1]);
            if (last[j] + 1 < best) best = last[j] + 1;
            if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && before[j - 2] + 1 < best)
                best = before[j - 2] + 1;
            row[j] = best;
        }
        int *spare = before;
        before = last;
        last = row;
        row = spare;
    }
    return last[b_count];
}

void luahost_push_nearest(lua_State *L, int table, const char *name) {
    table = lua_absindex(L, table);
    size_t count = strlen(name);
    int best = count < 3 ? 2 : 3;  // exclusive
    char nearest[LONGEST_NAME + 1] = "";
    luaL_checkstack(L, 4, NULL);
    for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING) continue;
        size_t key_count;
        const char *key = lua_tolstring(L, -2, &key_count);
        int edits = distance(name, count, key, key_count);
        // The order of a table is random: of equals, the first by name.
        if (edits > best || edits == 0 || (edits == best && (!nearest[0] || strcmp(key, nearest) >= 0))) continue;
        best = edits;
        snprintf(nearest, sizeof nearest, "%s", key);
    }
    if (nearest[0]) lua_pushfstring(L, "; did you mean '%s'?", nearest);
    else lua_pushliteral(L, "");
}

int luahost_raise_unknown(lua_State *L, const char *owner, int table, const char *name) {
    char short_name[LONGEST_NAME + 1];
    snprintf(short_name, sizeof short_name, "%s", name);
    luahost_push_nearest(L, table, short_name);
    luahost_push_place(L);
    lua_pushfstring(L, "%s%s has no '%s'%s", lua_tostring(L, -1), owner, short_name, lua_tostring(L, -2));
    return lua_error(L);
}

bool luahost_caller(lua_State *L, lua_Debug *record) {
    for (int level = 0; lua_getstack(L, level, record); level++) {
        lua_getinfo(L, "Sl", record);
        if (record->currentline > 0) return true;
    }
    return false;
}

void luahost_push_place(lua_State *L) {
    lua_Debug record;
    if (luahost_caller(L, &record)) lua_pushfstring(L, "%s:%d: ", record.short_src, record.currentline);
    else lua_pushliteral(L, "");
}
