// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause
//
// The part of PKCS #11 (OASIS, version 2.40; EdDSA of version 3.0) that signing needs: types, numbers and the order of
// the function list, for modules that are loaded while the program runs. Nothing is linked.
//
// On Unix the structures have the compiler's natural alignment.

#ifndef KINGSNAKE_CRYPTOKI_H
#define KINGSNAKE_CRYPTOKI_H

typedef unsigned char CK_BYTE;
typedef CK_BYTE CK_BBOOL;
typedef unsigned long CK_ULONG;
typedef CK_ULONG CK_RV;
typedef CK_ULONG CK_FLAGS;
typedef CK_ULONG CK_SLOT_ID;
typedef CK_ULONG CK_SESSION_HANDLE;
typedef CK_ULONG CK_OBJECT_HANDLE;
typedef CK_ULONG CK_ATTRIBUTE_TYPE;
typedef CK_ULONG CK_MECHANISM_TYPE;

typedef struct {
    CK_BYTE major;
    CK_BYTE minor;
} CK_VERSION;

typedef struct {
    CK_BYTE label[32];
    CK_BYTE manufacturerID[32];
    CK_BYTE model[16];
    CK_BYTE serialNumber[16];
    CK_FLAGS flags;
    CK_ULONG ulMaxSessionCount;
    CK_ULONG ulSessionCount;
    CK_ULONG ulMaxRwSessionCount;
    CK_ULONG ulRwSessionCount;
    CK_ULONG ulMaxPinLen;
    CK_ULONG ulMinPinLen;
    CK_ULONG ulTotalPublicMemory;
    CK_ULONG ulFreePublicMemory;
    CK_ULONG ulTotalPrivateMemory;
    CK_ULONG ulFreePrivateMemory;
    CK_VERSION hardwareVersion;
    CK_VERSION firmwareVersion;
    CK_BYTE utcTime[16];
} CK_TOKEN_INFO;

typedef struct {
    CK_SLOT_ID slotID;
    CK_ULONG state;
    CK_FLAGS flags;
    CK_ULONG ulDeviceError;
} CK_SESSION_INFO;

typedef struct {
    CK_ULONG ulMinKeySize;
    CK_ULONG ulMaxKeySize;
    CK_FLAGS flags;
} CK_MECHANISM_INFO;

typedef struct {
    CK_ATTRIBUTE_TYPE type;
    void *pValue;
    CK_ULONG ulValueLen;
} CK_ATTRIBUTE;

typedef struct {
    CK_MECHANISM_TYPE mechanism;
    void *pParameter;
    CK_ULONG ulParameterLen;
} CK_MECHANISM;

typedef struct {
    CK_MECHANISM_TYPE hashAlg;
    CK_ULONG mgf;
    CK_ULONG sLen;
} CK_RSA_PKCS_PSS_PARAMS;

typedef struct {
    void *CreateMutex;
    void *DestroyMutex;
    void *LockMutex;
    void *UnlockMutex;
    CK_FLAGS flags;
    void *pReserved;
} CK_C_INITIALIZE_ARGS;

// A function that we do not call.
typedef void (*CK_UNUSED)(void);

// The functions in the order of the standard, as far as the last one that we call: a module's list goes on.
typedef struct {
    CK_VERSION version;
    CK_RV (*C_Initialize)(CK_C_INITIALIZE_ARGS *arguments);
    CK_UNUSED C_Finalize;
    CK_UNUSED C_GetInfo;
    CK_UNUSED C_GetFunctionList;
    CK_RV (*C_GetSlotList)(CK_BBOOL tokenPresent, CK_SLOT_ID *slots, CK_ULONG *count);
    CK_UNUSED C_GetSlotInfo;
    CK_RV (*C_GetTokenInfo)(CK_SLOT_ID slot, CK_TOKEN_INFO *info);
    CK_UNUSED C_GetMechanismList;
    CK_RV (*C_GetMechanismInfo)(CK_SLOT_ID slot, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO *info);
    CK_UNUSED C_InitToken;
    CK_UNUSED C_InitPIN;
    CK_UNUSED C_SetPIN;
    CK_RV (*C_OpenSession)(CK_SLOT_ID slot, CK_FLAGS flags, void *application, void *notify,
                           CK_SESSION_HANDLE *session);
    CK_RV (*C_CloseSession)(CK_SESSION_HANDLE session);
    CK_UNUSED C_CloseAllSessions;
    CK_RV (*C_GetSessionInfo)(CK_SESSION_HANDLE session, CK_SESSION_INFO *info);
    CK_UNUSED C_GetOperationState;
    CK_UNUSED C_SetOperationState;
    CK_RV (*C_Login)(CK_SESSION_HANDLE session, CK_ULONG user, CK_BYTE *pin, CK_ULONG pinLength);
    CK_UNUSED C_Logout;
    CK_UNUSED C_CreateObject;
    CK_UNUSED C_CopyObject;
    CK_UNUSED C_DestroyObject;
    CK_UNUSED C_GetObjectSize;
    CK_RV (*C_GetAttributeValue)(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *attributes,
                                 CK_ULONG count);
    CK_UNUSED C_SetAttributeValue;
    CK_RV (*C_FindObjectsInit)(CK_SESSION_HANDLE session, CK_ATTRIBUTE *attributes, CK_ULONG count);
    CK_RV (*C_FindObjects)(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *objects, CK_ULONG limit, CK_ULONG *count);
    CK_RV (*C_FindObjectsFinal)(CK_SESSION_HANDLE session);
    CK_UNUSED C_EncryptInit;
    CK_UNUSED C_Encrypt;
    CK_UNUSED C_EncryptUpdate;
    CK_UNUSED C_EncryptFinal;
    CK_UNUSED C_DecryptInit;
    CK_UNUSED C_Decrypt;
    CK_UNUSED C_DecryptUpdate;
    CK_UNUSED C_DecryptFinal;
    CK_UNUSED C_DigestInit;
    CK_UNUSED C_Digest;
    CK_UNUSED C_DigestUpdate;
    CK_UNUSED C_DigestKey;
    CK_UNUSED C_DigestFinal;
    CK_RV (*C_SignInit)(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key);
    CK_RV (*C_Sign)(CK_SESSION_HANDLE session, CK_BYTE *data, CK_ULONG dataLength, CK_BYTE *signature,
                    CK_ULONG *signatureLength);
    CK_UNUSED C_SignUpdate;
    CK_UNUSED C_SignFinal;
    CK_UNUSED C_SignRecoverInit;
    CK_UNUSED C_SignRecover;
    CK_UNUSED C_VerifyInit;
    CK_UNUSED C_Verify;
    CK_UNUSED C_VerifyUpdate;
    CK_UNUSED C_VerifyFinal;
    CK_UNUSED C_VerifyRecoverInit;
    CK_UNUSED C_VerifyRecover;
    CK_UNUSED C_DigestEncryptUpdate;
    CK_UNUSED C_DecryptDigestUpdate;
    CK_UNUSED C_SignEncryptUpdate;
    CK_UNUSED C_DecryptVerifyUpdate;
    CK_UNUSED C_GenerateKey;
    CK_RV (*C_GenerateKeyPair)(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_ATTRIBUTE *publicTemplate,
                               CK_ULONG publicCount, CK_ATTRIBUTE *privateTemplate, CK_ULONG privateCount,
                               CK_OBJECT_HANDLE *publicKey, CK_OBJECT_HANDLE *privateKey);
} CK_FUNCTION_LIST;

// The one symbol that every module exports.
typedef CK_RV (*CK_C_GetFunctionList)(CK_FUNCTION_LIST **list);

static const CK_RV CKR_OK = 0x0;
static const CK_RV CKR_USER_ALREADY_LOGGED_IN = 0x100;
static const CK_RV CKR_CRYPTOKI_ALREADY_INITIALIZED = 0x191;

static const CK_FLAGS CKF_OS_LOCKING_OK = 0x2;
static const CK_FLAGS CKF_RW_SESSION = 0x2;
static const CK_FLAGS CKF_SERIAL_SESSION = 0x4;
static const CK_FLAGS CKF_LOGIN_REQUIRED = 0x4;
static const CK_FLAGS CKF_PROTECTED_AUTHENTICATION_PATH = 0x100;
static const CK_FLAGS CKF_TOKEN_INITIALIZED = 0x400;
static const CK_FLAGS CKF_SIGN = 0x800;

static const CK_ULONG CKU_USER = 1;
static const CK_ULONG CKU_CONTEXT_SPECIFIC = 2;
static const CK_ULONG CKS_RO_USER_FUNCTIONS = 1;
static const CK_ULONG CKS_RW_USER_FUNCTIONS = 3;

static const CK_ULONG CKO_PUBLIC_KEY = 2;
static const CK_ULONG CKO_PRIVATE_KEY = 3;
static const CK_ULONG CKK_RSA = 0x0;
static const CK_ULONG CKK_EC = 0x3;
static const CK_ULONG CKK_EC_EDWARDS = 0x40;

static const CK_ATTRIBUTE_TYPE CKA_CLASS = 0x0;
static const CK_ATTRIBUTE_TYPE CKA_TOKEN = 0x1;
static const CK_ATTRIBUTE_TYPE CKA_PRIVATE = 0x2;
static const CK_ATTRIBUTE_TYPE CKA_LABEL = 0x3;
static const CK_ATTRIBUTE_TYPE CKA_KEY_TYPE = 0x100;
static const CK_ATTRIBUTE_TYPE CKA_ID = 0x102;
static const CK_ATTRIBUTE_TYPE CKA_SENSITIVE = 0x103;
static const CK_ATTRIBUTE_TYPE CKA_SIGN = 0x108;
static const CK_ATTRIBUTE_TYPE CKA_VERIFY = 0x10A;
static const CK_ATTRIBUTE_TYPE CKA_MODULUS = 0x120;
static const CK_ATTRIBUTE_TYPE CKA_MODULUS_BITS = 0x121;
static const CK_ATTRIBUTE_TYPE CKA_PUBLIC_EXPONENT = 0x122;
static const CK_ATTRIBUTE_TYPE CKA_EXTRACTABLE = 0x162;
static const CK_ATTRIBUTE_TYPE CKA_EC_PARAMS = 0x180;
static const CK_ATTRIBUTE_TYPE CKA_EC_POINT = 0x181;
static const CK_ATTRIBUTE_TYPE CKA_ALWAYS_AUTHENTICATE = 0x202;

static const CK_MECHANISM_TYPE CKM_RSA_PKCS_KEY_PAIR_GEN = 0x0;
static const CK_MECHANISM_TYPE CKM_RSA_PKCS_PSS = 0xD;
static const CK_MECHANISM_TYPE CKM_SHA256_RSA_PKCS_PSS = 0x43;
static const CK_MECHANISM_TYPE CKM_SHA256 = 0x250;
static const CK_MECHANISM_TYPE CKM_EC_KEY_PAIR_GEN = 0x1040;
static const CK_MECHANISM_TYPE CKM_ECDSA = 0x1041;
static const CK_MECHANISM_TYPE CKM_EC_EDWARDS_KEY_PAIR_GEN = 0x1055;
static const CK_MECHANISM_TYPE CKM_EDDSA = 0x1057;
static const CK_ULONG CKG_MGF1_SHA256 = 0x2;

#endif
