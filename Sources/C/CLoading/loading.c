#include "sluice_loading.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

static void explain(const char *soname, const char *package, char *error, size_t error_size) {
    // In a buffer of the calling thread's own.
    const char *words = dlerror();
    if (!words) words = "no reason given";
    // The loader's words often begin with the name.
    size_t length = strlen(soname);
    if (strncmp(words, soname, length) == 0 && strncmp(words + length, ": ", 2) == 0) words += length + 2;
    snprintf(error, error_size, "%s cannot be loaded: %s; apt-get install %s", soname, words, package);
}

int sluice_load(
    const char *soname, const char *package, const sluice_symbol *symbols, size_t count, void *table, char *error,
    size_t error_size) {
    // All its functions are bound now, so that nothing can be missing in the middle of a login.
    void *library = dlopen(soname, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        explain(soname, package, error, error_size);
        return 0;
    }
    for (size_t i = 0; i < count; i++) {
        void *address = dlsym(library, symbols[i].name);
        if (!address) {
            explain(soname, package, error, error_size);
            dlclose(library);
            return 0;
        }
        memcpy((char *)table + symbols[i].offset, &address, sizeof address);
    }
    return 1;
}
