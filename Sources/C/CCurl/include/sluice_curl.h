#ifndef SLUICE_CURL_H
#define SLUICE_CURL_H

#include <curl/curl.h>
#include <stddef.h>

// libcurl without linking it: what is used of it, by addresses found when it is opened.
typedef struct sluice_curl sluice_curl;

// Opens the library of that soname, for as long as the process lives, and starts it. The caller owns the result and
// frees it with sluice_curl_free; null where that fails, and then `error` says why.
sluice_curl *sluice_curl_open(const char *soname, char *error, size_t error_size);
// Frees the table of addresses only.
void sluice_curl_free(sluice_curl *curl);

// The functions of libcurl's easy interface.
CURL *sluice_curl_easy_init(const sluice_curl *curl);
void sluice_curl_easy_cleanup(const sluice_curl *curl, CURL *handle);
CURLcode sluice_curl_easy_perform(const sluice_curl *curl, CURL *handle);
const char *sluice_curl_easy_strerror(const sluice_curl *curl, CURLcode code);
struct curl_slist *sluice_curl_slist_append(const sluice_curl *curl, struct curl_slist *list, const char *line);
void sluice_curl_slist_free_all(const sluice_curl *curl, struct curl_slist *list);

// Swift cannot call variadic functions; these say the type of each option.

typedef size_t (*sluice_curl_sink)(char *bytes, size_t size, size_t count, void *context);

CURLcode sluice_curl_set_long(const sluice_curl *curl, CURL *handle, CURLoption option, long value);
// Copies the text.
CURLcode sluice_curl_set_text(const sluice_curl *curl, CURL *handle, CURLoption option, const char *value);
// The list must live as long as the transfer.
CURLcode sluice_curl_set_headers(const sluice_curl *curl, CURL *handle, struct curl_slist *headers);
// Copies the bytes.
CURLcode sluice_curl_set_body(const sluice_curl *curl, CURL *handle, const char *bytes, size_t count);
// Copies the certificates.
CURLcode sluice_curl_set_authorities(const sluice_curl *curl, CURL *handle, const char *pem, size_t count);
CURLcode sluice_curl_set_sink(const sluice_curl *curl, CURL *handle, sluice_curl_sink sink, void *context);
// `buffer` has CURL_ERROR_SIZE bytes and lives as long as the transfer; null takes it away again.
CURLcode sluice_curl_set_error_buffer(const sluice_curl *curl, CURL *handle, char *buffer);
long sluice_curl_status(const sluice_curl *curl, CURL *handle);

#endif
