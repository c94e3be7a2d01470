#ifndef SLUICE_TLS_H
#define SLUICE_TLS_H

#include <stdint.h>

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

// What OpenSSL offers as macros only, and what sets up a context beyond what Swift can spell. Ownership is as in the
// OpenSSL functions behind: nothing here keeps or frees what it is given unless it says so.

// A client context that speaks min to max (TLS1_2_VERSION, …), verifies, and refuses everything weak whatever the
// system's openssl.cnf says. The caller frees it; NULL where it fails.
SSL_CTX *sluice_tls_context(int min, int max);

// 1 where the list is accepted. suites: TLS 1.3; ciphers: older ones.
int sluice_tls_ciphers(SSL_CTX *context, const char *ciphers, const char *suites);

// Trusted certificates need not be roots, as in Java.
void sluice_tls_partial_chains(SSL_CTX *context);

// Adds a certificate to the chain that follows the client's own; takes a reference of its own.
int sluice_tls_add_to_chain(SSL_CTX *context, X509 *certificate);

// The name goes out in the ClientHello.
int sluice_tls_server_name(SSL *ssl, const char *name);

// Wildcards stand for a whole label, and the common name does not count.
void sluice_tls_strict_names(SSL *ssl);

// Prints as RFC 2253 does, but leaves letters beyond ASCII as they are. Control characters are escaped.
int sluice_tls_print_name(BIO *out, const X509_NAME *name);

// The subject alternative names, or NULL. The caller frees them with sluice_tls_free_names.
GENERAL_NAMES *sluice_tls_names(const X509 *certificate);
void sluice_tls_free_names(GENERAL_NAMES *names);
int sluice_tls_name_count(const GENERAL_NAMES *names);
int sluice_tls_print_alternative(BIO *out, const GENERAL_NAMES *names, int index);

// The number of the alert that the peer sent, or -1 where the error is another.
int sluice_tls_peer_alert(unsigned long error);

// The other end of a connection, for brokers inside this process: certificates that are made on the spot, and a context
// that shows them. Texts are PEM.

// Writes a new certificate and its new key. names: as of subjectAltName in openssl.cnf ("DNS:a,IP:127.0.0.1"), or NULL.
// Times are in seconds since 1970. issuer and issuer_key: NULL for one that signs itself. 1 where it went well.
int sluice_tls_issue(
    BIO *certificate_out, BIO *key_out, const char *common_name, const char *names, int64_t not_before,
    int64_t not_after, int is_authority, const char *issuer, const char *issuer_key);

// A server context that shows a chain, the server's own certificate first. authorities: of which a client has to show a
// certificate, or NULL where none is asked for. The caller frees it; NULL where it fails.
SSL_CTX *sluice_tls_server(const char *chain, const char *key, const char *authorities);

#endif
