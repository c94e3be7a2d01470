#include "sluice_curl.h"

#include "sluice_loading.h"

#include <stdio.h>
#include <stdlib.h>

// The types of the pointers are those of the declarations in libcurl's own header.
#define SYMBOLS(X)      \
    X(global_init)      \
    X(easy_init)        \
    X(easy_cleanup)     \
    X(easy_perform)     \
    X(easy_strerror)    \
    X(easy_setopt)      \
    X(easy_getinfo)     \
    X(slist_append)     \
    X(slist_free_all)

struct sluice_curl {
#define FIELD(name) __typeof__(&curl_##name) name;
    SYMBOLS(FIELD)
};

sluice_curl *sluice_curl_open(const char *soname, char *error, size_t error_size) {
    static const sluice_symbol symbols[] = {
#define SYMBOL(name) {"curl_" #name, offsetof(sluice_curl, name)},
        SYMBOLS(SYMBOL)};
    sluice_curl *curl = calloc(1, sizeof *curl);
    if (!curl) {
        snprintf(error, error_size, "out of memory");
        return NULL;
    }
    if (!sluice_load(
            soname, "libcurl4", symbols, sizeof symbols / sizeof *symbols, curl, error, error_size)) {
        free(curl);
        return NULL;
    }
    CURLcode code = curl->global_init(CURL_GLOBAL_ALL);
    if (code != CURLE_OK) {
        snprintf(error, error_size, "libcurl does not start: %s", curl->easy_strerror(code));
        free(curl);
        return NULL;
    }
    return curl;
}

void sluice_curl_free(sluice_curl *curl) { free(curl); }

CURL *sluice_curl_easy_init(const sluice_curl *curl) { return curl->easy_init(); }

void sluice_curl_easy_cleanup(const sluice_curl *curl, CURL *handle) { curl->easy_cleanup(handle); }

CURLcode sluice_curl_easy_perform(const sluice_curl *curl, CURL *handle) { return curl->easy_perform(handle); }

const char *sluice_curl_easy_strerror(const sluice_curl *curl, CURLcode code) { return curl->easy_strerror(code); }

struct curl_slist *sluice_curl_slist_append(const sluice_curl *curl, struct curl_slist *list, const char *line) {
    return curl->slist_append(list, line);
}

void sluice_curl_slist_free_all(const sluice_curl *curl, struct curl_slist *list) { curl->slist_free_all(list); }

CURLcode sluice_curl_set_long(const sluice_curl *curl, CURL *handle, CURLoption option, long value) {
    return curl->easy_setopt(handle, option, value);
}

CURLcode sluice_curl_set_text(const sluice_curl *curl, CURL *handle, CURLoption option, const char *value) {
    return curl->easy_setopt(handle, option, value);
}

CURLcode sluice_curl_set_headers(const sluice_curl *curl, CURL *handle, struct curl_slist *headers) {
    return curl->easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
}

CURLcode sluice_curl_set_body(const sluice_curl *curl, CURL *handle, const char *bytes, size_t count) {
    CURLcode code = curl->easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)count);
    return code == CURLE_OK ? curl->easy_setopt(handle, CURLOPT_COPYPOSTFIELDS, bytes) : code;
}

CURLcode sluice_curl_set_authorities(const sluice_curl *curl, CURL *handle, const char *pem, size_t count) {
    struct curl_blob blob = {(void *)pem, count, CURL_BLOB_COPY};
    return curl->easy_setopt(handle, CURLOPT_CAINFO_BLOB, &blob);
}

CURLcode sluice_curl_set_sink(const sluice_curl *curl, CURL *handle, sluice_curl_sink sink, void *context) {
    CURLcode code = curl->easy_setopt(handle, CURLOPT_WRITEFUNCTION, sink);
    return code == CURLE_OK ? curl->easy_setopt(handle, CURLOPT_WRITEDATA, context) : code;
}

CURLcode sluice_curl_set_error_buffer(const sluice_curl *curl, CURL *handle, char *buffer) {
    return curl->easy_setopt(handle, CURLOPT_ERRORBUFFER, buffer);
}

long sluice_curl_status(const sluice_curl *curl, CURL *handle) {
    long status = 0;
    curl->easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    return status;
}
