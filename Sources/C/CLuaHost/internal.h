#ifndef LUAHOST_INTERNAL_H
#define LUAHOST_INTERNAL_H

#include "luahost.h"

#include <lauxlib.h>
#include <lua.h>
#include <stdbool.h>

enum {
    LUAHOST_COUNT_CAP = 1000000,      // move, concat, unpack, rep, sort
    LUAHOST_TAPE_BYTES = 1 << 20,     // one call from Lua
    LUAHOST_TAPE_ELEMENTS = 100000,   // one call from Lua
    LUAHOST_CALL_DEPTH = 16,          // tables in an argument
    LUAHOST_LOAD_DEPTH = 32,          // tables in a manifest or plan, and in answers of the host
    LUAHOST_TICKS_A_LOOK = 4096,      // steps of C code between two looks at the clock
};

// Userdata that a script can hold. Scripts cannot make any, so each begins with its kind.
typedef enum { KIND_LIST = 1, KIND_ROW, KIND_MISSING, KIND_FROZEN, KIND_RECORD, KIND_OBJECT, KIND_COUNT } luahost_kind;

typedef struct { luahost_kind kind; uint64_t list, rows; size_t held; } luahost_list;  // user value: shape
typedef struct { luahost_kind kind; uint64_t list, index; } luahost_row;       // user values: list, error, fields…
typedef struct { luahost_kind kind; } luahost_missing;                         // user values: row, field
typedef struct { luahost_kind kind; bool is_list; lua_Integer count; } luahost_frozen;  // user value: table
typedef struct { luahost_kind kind; bool strict; } luahost_record;             // user values: table, name
typedef struct { luahost_kind kind; uint32_t class; uint64_t handle; } luahost_object;

struct luahost {
    lua_State *state;
    luahost_callbacks callbacks;
    size_t used, peak, limit;
    size_t charged;             // part of `used`: the bytes of `result`
    int64_t deadline_ns, cpu_deadline_ns;
    int64_t seen_ns;            // the last look at the clock
    int64_t asked_ns;           // the last look at everything else that ends a script
    size_t ticks;               // left until the next look
    unsigned careful;           // hooks that still come at every instruction
    luahost_status killed;      // sticky: LUAHOST_OK while the script may run
    bool running, closing, syntax, oversize;
    luahost_bytes result;       // what a callback answered; one at a time, as callbacks do not nest
    luahost_bytes outcome;
    char name[128];             // of the chunk, as errors show it
    int metatables[KIND_COUNT]; // registry references
    int classes, shapes, functions, prompt;
};

static inline luahost *luahost_of(lua_State *L) { return *(luahost **)lua_getextraspace(L); }

// limits.c
void *luahost_allocate(void *opaque, void *old, size_t old_size, size_t new_size);
int64_t luahost_now_ns(void);
int64_t luahost_cpu_ns(void);
void luahost_hook(lua_State *L);           // begins counting
bool luahost_late(luahost *host);          // looks at the clock and the interrupter; sets `killed`
void luahost_ask_if_interrupted(luahost *host);  // asks the interrupter at once; sets `killed`
void luahost_stop_if_late(lua_State *L);   // raises the kill value
void luahost_look(lua_State *L);           // the slow path of a tick
int luahost_raise_memory(lua_State *L);

// Charges C code for a step that can repeat; ends the script when it is late.
static inline void luahost_tick(lua_State *L, size_t cost) {
    luahost *host = luahost_of(L);
    if (cost < host->ticks) host->ticks -= cost;
    else luahost_look(L);
}

// names.c
void luahost_push_nearest(lua_State *L, int table, const char *name);       // "; did you mean 'x'?" or ""
int luahost_raise_unknown(lua_State *L, const char *owner, int table, const char *name);
bool luahost_caller(lua_State *L, lua_Debug *record);                       // the nearest Lua frame
void luahost_push_place(lua_State *L);                                      // "file:line: " or ""

// base.c
void luahost_open_environment(lua_State *L);
void luahost_push_text(lua_State *L, int index);   // tostring, without addresses
bool luahost_is_plain(lua_State *L, int index);    // a table without a metatable
void luahost_metered(lua_State *L, lua_CFunction function);

// pairs.c, tables.c, strings.c, patterns.c
int luahost_pairs(lua_State *L);
void luahost_open_table(lua_State *L);             // pushes the library
void luahost_open_string(lua_State *L);
void luahost_set_pattern_functions(lua_State *L);  // into the table on top

// objects.c
void luahost_open_objects(lua_State *L);
luahost_kind luahost_kind_at(lua_State *L, int index);   // 0 for anything that is no host userdata
void luahost_push_list(lua_State *L, uint64_t list, uint64_t rows, uint64_t held, int shape);
void luahost_push_object(lua_State *L, uint32_t class, uint64_t handle);
void luahost_freeze(lua_State *L, bool is_list, lua_Integer count);   // wraps the table on top
void luahost_make_record(lua_State *L, bool strict);                  // table, name -> record
void luahost_push_fields(lua_State *L, int row);                      // a table of what the row has
int luahost_raise_missing(lua_State *L, int index, const char *path);
void luahost_make_class(lua_State *L, uint32_t class, int name, int members);
int luahost_read_only(lua_State *L);

// pack.c: Lua stack -> tape
typedef struct {
    lua_State *L;
    int box;  // stack index of the userdata that holds the bytes, so that they are charged and collected
    uint8_t *bytes;
    size_t count, capacity, elements;
    int max_depth;
    bool skips_functions;  // of the outermost table
} luahost_packer;

luahost_packer luahost_packer_make(lua_State *L, int max_depth);  // pushes the box
void luahost_pack(luahost_packer *packer, int index);
void luahost_pack_count(luahost_packer *packer, luahost_tag tag, uint32_t count);
void luahost_pack_text(luahost_packer *packer, luahost_tag tag, const char *text, size_t count);

// prompt.c
void luahost_make_prompt(lua_State *L, int values);  // from names and values by turns at 1 to `values`
void luahost_enter_prompt(lua_State *L);             // calls the chunk at 1, and leaves its results

// unpack.c: tape -> Lua stack
typedef struct {
    lua_State *L;
    const uint8_t *at, *end;
    int depth;
} luahost_unpacker;

void luahost_unpack(luahost_unpacker *unpacker);
int luahost_unpack_all(lua_State *L, const uint8_t *bytes, size_t count);

// calls.c: the only place where Lua meets Swift
int luahost_call_host(lua_State *L);
void luahost_push_row(lua_State *L, int list, uint64_t index);
void luahost_settle(luahost *host);            // forgets the last answer
void luahost_charge(lua_State *L, size_t count);  // counts memory outside of Lua as the script's
void luahost_bytes_free(luahost_bytes *bytes);

#endif
