// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CPKCS11
import TrustCore

/// The status that a PKCS #11 module answers, and what it means to people.
struct PKCS11Status: Equatable, Sendable {
    let value: UInt

    static func == (a: PKCS11Status, b: PKCS11Status) -> Bool { a.value == b.value }

    /// The name that the standard gives it, without `CKR_`.
    private var name: String {
        switch value {
        case 0x01: "CANCEL"
        case 0x02: "HOST_MEMORY"
        case 0x03: "SLOT_ID_INVALID"
        case 0x05: "GENERAL_ERROR"
        case 0x06: "FUNCTION_FAILED"
        case 0x07: "ARGUMENTS_BAD"
        case 0x12: "ATTRIBUTE_TYPE_INVALID"
        case 0x13: "ATTRIBUTE_VALUE_INVALID"
        case 0x30: "DEVICE_ERROR"
        case 0x31: "DEVICE_MEMORY"
        case 0x32: "DEVICE_REMOVED"
        case 0x50: "FUNCTION_CANCELED"
        case 0x54: "FUNCTION_NOT_SUPPORTED"
        case 0x60: "KEY_HANDLE_INVALID"
        case 0x63: "KEY_TYPE_INCONSISTENT"
        case 0x68: "KEY_FUNCTION_NOT_PERMITTED"
        case 0x70: "MECHANISM_INVALID"
        case 0x71: "MECHANISM_PARAM_INVALID"
        case 0xA0: "PIN_INCORRECT"
        case 0xA1: "PIN_INVALID"
        case 0xA2: "PIN_LEN_RANGE"
        case 0xA3: "PIN_EXPIRED"
        case 0xA4: "PIN_LOCKED"
        case 0xB0: "SESSION_CLOSED"
        case 0xB1: "SESSION_COUNT"
        case 0xB3: "SESSION_HANDLE_INVALID"
        case 0xD0: "TEMPLATE_INCOMPLETE"
        case 0xD1: "TEMPLATE_INCONSISTENT"
        case 0xE0: "TOKEN_NOT_PRESENT"
        case 0xE1: "TOKEN_NOT_RECOGNIZED"
        case 0xE2: "TOKEN_WRITE_PROTECTED"
        case 0x101: "USER_NOT_LOGGED_IN"
        case 0x102: "USER_PIN_NOT_INITIALIZED"
        case 0x190: "CRYPTOKI_NOT_INITIALIZED"
        default: "0x" + String(value, radix: 16)
        }
    }

    /// Whether the token did not take the PIN.
    private var isAboutPIN: Bool { (0xA0...0xA4).contains(value) || value == 0x102 }

    /// A failure that says what we were doing.
    func failure(_ doing: String) -> Failure {
        Failure(
            .configuration,
            isAboutPIN
                ? "the token did not accept the PIN (\(name))"
                : "the PKCS #11 module could not \(doing) (\(name))",
            remedy: isAboutPIN
                ? "check the PIN before you try again: tokens lock themselves after a few wrong ones"
                : "see whether the tool of the token's maker can, with the same user and environment"
        )
    }
}

extension PKCS11Status {
    /// Demands that a call went well.
    static func check(_ value: CK_RV?, _ doing: String) throws {
        guard let value else {
            throw Failure(.configuration, "the PKCS #11 module has no function to \(doing)")
        }
        guard value == CKR_OK else { throw PKCS11Status(value: value).failure(doing) }
    }
}
