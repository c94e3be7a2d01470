#include "sluice_tls.h"

#include <openssl/err.h>

SSL_CTX *sluice_tls_context(int min, int max) {
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (context == NULL) return NULL;
    // 112 bits: no RC4, no export or null cipher, no RSA key below 2048 bits, no SHA-1 signature.
    SSL_CTX_set_security_level(context, 2);
    SSL_CTX_clear_options(context, SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION | SSL_OP_LEGACY_SERVER_CONNECT);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    if (!SSL_CTX_set_min_proto_version(context, min) || !SSL_CTX_set_max_proto_version(context, max)) {
        SSL_CTX_free(context);
        return NULL;
    }
    return context;
}

int sluice_tls_ciphers(SSL_CTX *context, const char *ciphers, const char *suites) {
    if (ciphers != NULL && SSL_CTX_set_cipher_list(context, ciphers) != 1) return 0;
    if (suites != NULL && SSL_CTX_set_ciphersuites(context, suites) != 1) return 0;
    return 1;
}

void sluice_tls_partial_chains(SSL_CTX *context) {
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context), X509_V_FLAG_PARTIAL_CHAIN);
}

int sluice_tls_add_to_chain(SSL_CTX *context, X509 *certificate) {
    return SSL_CTX_add1_chain_cert(context, certificate) == 1;
}

int sluice_tls_server_name(SSL *ssl, const char *name) { return SSL_set_tlsext_host_name(ssl, name) == 1; }

void sluice_tls_strict_names(SSL *ssl) {
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
}

int sluice_tls_print_name(BIO *out, const X509_NAME *name) {
    return X509_NAME_print_ex(out, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) >= 0;
}

GENERAL_NAMES *sluice_tls_names(const X509 *certificate) {
    return X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
}

void sluice_tls_free_names(GENERAL_NAMES *names) { GENERAL_NAMES_free(names); }

int sluice_tls_name_count(const GENERAL_NAMES *names) { return sk_GENERAL_NAME_num(names); }

int sluice_tls_print_alternative(BIO *out, const GENERAL_NAMES *names, int index) {
    GENERAL_NAME *name = sk_GENERAL_NAME_value(names, index);
    return name != NULL && GENERAL_NAME_print(out, name) == 1;
}

int sluice_tls_peer_alert(unsigned long error) {
    int reason = ERR_GET_REASON(error);
    if (ERR_GET_LIB(error) != ERR_LIB_SSL || reason <= SSL_AD_REASON_OFFSET || reason > SSL_AD_REASON_OFFSET + 255) {
        return -1;
    }
    return reason - SSL_AD_REASON_OFFSET;
}
