#include "matcher.h"

#include <string.h>

// find, match, gmatch and gsub over the interruptible matcher.

static bool has_specials(const char *pattern, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (pattern[i] && strchr("^$*+?.([%-", pattern[i])) return true;
    }
    return false;
}

// Each candidate costs what comparing it may: a needle of megabytes meets the deadline too.
static const char *find_plain(lua_State *L, const char *at, size_t count, const char *needle, size_t needle_count) {
    if (needle_count == 0) return at;
    while (count >= needle_count) {
        const char *first = memchr(at, needle[0], count - needle_count + 1);
        if (!first) return NULL;
        luahost_tick(L, 1 + (size_t)(first - at) / 64 + needle_count / 64);
        if (memcmp(first, needle, needle_count) == 0) return first;
        count -= (size_t)(first + 1 - at);
        at = first + 1;
    }
    return NULL;
}

// The offset of argument `index`, a position that may count from the end; beyond the end: count + 1.
static size_t start_offset(lua_State *L, int index, size_t count) {
    lua_Integer position = luaL_optinteger(L, index, 1);
    if (position > 0) return (lua_Unsigned)position - 1 > count ? count + 1 : (size_t)position - 1;
    if (position == 0 || position < -(lua_Integer)count) return 0;
    return count - (size_t)-position;
}

static void restart(luahost_matcher *matcher) {
    matcher->levels = 0;
    matcher->depth = MATCHER_MAX_DEPTH;
}

static int find_or_match(lua_State *L, bool finds) {
    size_t count, pattern_count;
    const char *subject = luaL_checklstring(L, 1, &count), *pattern = luaL_checklstring(L, 2, &pattern_count);
    size_t start = start_offset(L, 3, count);
    if (start > count) {
        lua_pushnil(L);
        return 1;
    }
    luahost_tick(L, 1 + pattern_count / 16);
    if (finds && (lua_toboolean(L, 4) || !has_specials(pattern, pattern_count))) {
        const char *found = find_plain(L, subject + start, count - start, pattern, pattern_count);
        if (found) {
            lua_pushinteger(L, found - subject + 1);
            lua_pushinteger(L, found - subject + (lua_Integer)pattern_count);
            return 2;
        }
        lua_pushnil(L);
        return 1;
    }
    luahost_matcher matcher = luahost_matcher_make(L, subject, count, pattern, pattern_count);
    bool is_anchored = pattern_count > 0 && *pattern == '^';
    if (is_anchored) pattern++;
    const char *at = subject + start;
    do {
        restart(&matcher);
        const char *end = luahost_match_at(&matcher, at, pattern);
        if (!end) continue;
        if (!finds) return luahost_push_captures(&matcher, at, end);
        lua_pushinteger(L, at - subject + 1);
        lua_pushinteger(L, end - subject);
        return luahost_push_captures(&matcher, NULL, NULL) + 2;
    } while (at++ < matcher.subject_end && !is_anchored);
    lua_pushnil(L);
    return 1;
}

static int find(lua_State *L) { return find_or_match(L, true); }
static int match(lua_State *L) { return find_or_match(L, false); }

// MARK: gmatch

typedef struct { size_t next, last_end; } gmatch_state;  // offsets; last_end SIZE_MAX before the first match

static int next_match(lua_State *L) {
    gmatch_state *state = lua_touserdata(L, lua_upvalueindex(3));
    size_t count, pattern_count;
    const char *subject = lua_tolstring(L, lua_upvalueindex(1), &count);
    const char *pattern = lua_tolstring(L, lua_upvalueindex(2), &pattern_count);
    luahost_matcher matcher = luahost_matcher_make(L, subject, count, pattern, pattern_count);
    for (; state->next <= count; state->next++) {
        restart(&matcher);
        const char *at = subject + state->next, *end = luahost_match_at(&matcher, at, pattern);
        if (!end || (size_t)(end - subject) == state->last_end) continue;
        state->next = state->last_end = (size_t)(end - subject);
        return luahost_push_captures(&matcher, at, end);
    }
    return 0;
}

static int gmatch(lua_State *L) {
    size_t count;
    luaL_checklstring(L, 1, &count);
    luaL_checkstring(L, 2);
    size_t start = start_offset(L, 3, count);
    lua_settop(L, 2);
    gmatch_state *state = lua_newuserdatauv(L, sizeof *state, 0);
    *state = (gmatch_state){.next = start, .last_end = SIZE_MAX};
    lua_pushcclosure(L, next_match, 3);
    return 1;
}

// MARK: gsub

// Adds the replacement text of argument 3 with its "%1" filled in.
static void add_text(luahost_matcher *matcher, luaL_Buffer *buffer, const char *start, const char *end) {
    size_t count;
    lua_State *L = matcher->L;
    const char *at = lua_tolstring(L, 3, &count), *last = at + count, *escape;
    luahost_tick(L, 1 + count / 64);
    while ((escape = memchr(at, '%', (size_t)(last - at)))) {
        luaL_addlstring(buffer, at, (size_t)(escape - at));
        at = escape + 1;
        char what = at < last ? *at : '\0';
        luahost_tick(L, 1);
        if (what == '%') {
            luaL_addchar(buffer, '%');
        } else if (what == '0') {
            luaL_addlstring(buffer, start, (size_t)(end - start));
        } else if (what >= '1' && what <= '9') {
            luahost_push_capture(matcher, what - '1', start, end);
            luaL_tolstring(L, -1, NULL);  // a position is a number
            lua_remove(L, -2);
            luahost_tick(L, lua_rawlen(L, -1) / 64);
            luaL_addvalue(buffer);
        } else {
            luaL_error(L, "invalid use of '%%' in replacement string");
        }
        at++;
    }
    luaL_addlstring(buffer, at, (size_t)(last - at));
}

// Adds what replaces a match; returns whether it differs from the match.
static bool add_replacement(luahost_matcher *matcher, luaL_Buffer *buffer, const char *start, const char *end) {
    lua_State *L = matcher->L;
    switch (lua_type(L, 3)) {
    case LUA_TFUNCTION:
        lua_pushvalue(L, 3);
        lua_call(L, luahost_push_captures(matcher, start, end), 1);
        break;
    case LUA_TTABLE:
        luahost_push_capture(matcher, 0, start, end);
        lua_gettable(L, 3);
        break;
    default:
        add_text(matcher, buffer, start, end);
        return true;
    }
    if (!lua_toboolean(L, -1)) {
        lua_pop(L, 1);
        luahost_tick(L, (size_t)(end - start) / 64);
        luaL_addlstring(buffer, start, (size_t)(end - start));
        return false;
    }
    if (!lua_isstring(L, -1)) luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
    if (lua_type(L, -1) == LUA_TSTRING) luahost_tick(L, lua_rawlen(L, -1) / 64);
    luaL_addvalue(buffer);
    return true;
}

static int gsub(lua_State *L) {
    size_t count, pattern_count;
    const char *subject = luaL_checklstring(L, 1, &count), *pattern = luaL_checklstring(L, 2, &pattern_count);
    int type = lua_type(L, 3);
    lua_Integer limit = luaL_optinteger(L, 4, count < LUA_MAXINTEGER ? (lua_Integer)count + 1 : LUA_MAXINTEGER);
    luaL_argexpected(
        L, type == LUA_TNUMBER || type == LUA_TSTRING || type == LUA_TFUNCTION || type == LUA_TTABLE, 3,
        "string/function/table");
    luahost_matcher matcher = luahost_matcher_make(L, subject, count, pattern, pattern_count);
    bool is_anchored = pattern_count > 0 && *pattern == '^', has_changed = false;
    if (is_anchored) pattern++;
    const char *at = subject, *last_end = NULL;
    lua_Integer replaced = 0;
    lua_tolstring(L, 3, NULL);  // a number becomes its text, in place
    luaL_Buffer buffer;
    luaL_buffinit(L, &buffer);
    while (replaced < limit) {
        restart(&matcher);
        const char *end = luahost_match_at(&matcher, at, pattern);
        if (end && end != last_end) {
            replaced++;
            has_changed |= add_replacement(&matcher, &buffer, at, end);
            at = last_end = end;
        } else if (at < matcher.subject_end) {
            luaL_addchar(&buffer, *at++);
        } else {
            break;
        }
        if (is_anchored) break;
    }
    if (has_changed) {
        luaL_addlstring(&buffer, at, (size_t)(matcher.subject_end - at));
        luaL_pushresult(&buffer);
    } else {
        lua_pushvalue(L, 1);
    }
    lua_pushinteger(L, replaced);
    return 2;
}

void luahost_set_pattern_functions(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"find", find}, {"match", match}, {"gmatch", gmatch}, {"gsub", gsub}, {NULL, NULL},
    };
    luaL_setfuncs(L, functions, 0);
}
