#ifndef SLUICE_LOADING_H
#define SLUICE_LOADING_H

#include <stddef.h>

// A symbol of a library, and where in a table of pointers its address goes.
typedef struct {
    const char *name;
    size_t offset;
} sluice_symbol;

// Opens a library by its soname, for as long as the process lives, and fills the table with the addresses of all the
// symbols. 0 where the library or one of them is missing; then the table is not to be used, and `error` says why and
// which package has the library.
int sluice_load(
    const char *soname, const char *package, const sluice_symbol *symbols, size_t count, void *table, char *error,
    size_t error_size);

#endif
