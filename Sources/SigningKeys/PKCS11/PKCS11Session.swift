// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CPKCS11
import TrustCore

/// A session with a token. Its calls block; one caller at a time.
final class PKCS11Session {
    /// A key or another object of the token, for as long as the session lasts.
    struct Object {
        fileprivate let handle: CK_OBJECT_HANDLE
    }

    let module: PKCS11Module
    let token: PKCS11Module.Token
    private let functions: UnsafeMutablePointer<CK_FUNCTION_LIST>
    private let handle: CK_SESSION_HANDLE
    /// Kept for keys that ask for it with every signature.
    private var pin: Passphrase?

    /// The longest attribute that is read.
    private static let maximumAttribute: UInt = 64 << 10
    /// The most objects that are looked at.
    private static let maximumObjects = 4096

    init(_ module: PKCS11Module, _ token: PKCS11Module.Token, writing: Bool = false) throws {
        self.module = module
        self.token = token
        functions = module.functions
        var handle: CK_SESSION_HANDLE = 0
        let flags = CKF_SERIAL_SESSION | (writing ? CKF_RW_SESSION : 0)
        try PKCS11Status.check(
            functions.pointee.C_OpenSession?(token.slot, flags, nil, nil, &handle),
            "open a session"
        )
        self.handle = handle
    }

    deinit { _ = functions.pointee.C_CloseSession?(handle) }

    // MARK: Logging in

    /// Logs in, unless the token needs no login or another session of ours has done so.
    func logIn(_ passphrase: PassphraseSource) throws {
        guard token.flags & CKF_LOGIN_REQUIRED != 0, try !isLoggedIn() else { return }
        try logIn(as: CKU_USER, try pin(passphrase))
    }

    /// Logs in for one signature, where the key demands that.
    private func logInForSignature() throws { try logIn(as: CKU_CONTEXT_SPECIFIC, pin) }

    /// Sees to it that the PIN is here when a key demands it with every signature.
    func keepPIN(_ passphrase: PassphraseSource) throws {
        if pin == nil { _ = try pin(passphrase) }
    }

    /// The PIN; nil if the token asks for it with a keypad of its own.
    private func pin(_ passphrase: PassphraseSource) throws -> Passphrase? {
        guard token.flags & CKF_PROTECTED_AUTHENTICATION_PATH == 0 else { return nil }
        guard let pin = try passphrase("token \(token.name)") else {
            throw Failure(
                .configuration,
                "the token `\(token.name)` needs its PIN, and there is none",
                remedy: "give the PIN where the passphrase of a key file would be given"
            )
        }
        self.pin = pin
        return pin
    }

    private func logIn(as user: CK_ULONG, _ pin: Passphrase?) throws {
        let status: CK_RV?
        if let pin {
            status = pin.bytes.withBytes { bytes in
                bytes.withUnsafeBufferPointer { buffer in
                    functions.pointee.C_Login?(
                        handle,
                        user,
                        UnsafeMutablePointer(mutating: buffer.baseAddress),
                        CK_ULONG(buffer.count)
                    )
                }
            }
        } else {
            status = functions.pointee.C_Login?(handle, user, nil, 0)
        }
        if status != CKR_USER_ALREADY_LOGGED_IN { try PKCS11Status.check(status, "log in") }
    }

    private func isLoggedIn() throws -> Bool {
        var info = CK_SESSION_INFO()
        try PKCS11Status.check(functions.pointee.C_GetSessionInfo?(handle, &info), "describe a session")
        return info.state == CKS_RO_USER_FUNCTIONS || info.state == CKS_RW_USER_FUNCTIONS
    }

    // MARK: Objects

    /// The objects that have all these attributes.
    func objects(_ attributes: [PKCS11Attribute]) throws -> [Object] {
        try PKCS11Attribute.withTemplate(attributes) { template in
            try PKCS11Status.check(
                functions.pointee.C_FindObjectsInit?(handle, template.baseAddress, CK_ULONG(template.count)),
                "look for keys"
            )
        }
        defer { _ = functions.pointee.C_FindObjectsFinal?(handle) }
        var found: [Object] = []
        var buffer = [CK_OBJECT_HANDLE](repeating: 0, count: 64)
        while found.count < Self.maximumObjects {
            var count: CK_ULONG = 0
            try PKCS11Status.check(
                functions.pointee.C_FindObjects?(handle, &buffer, CK_ULONG(buffer.count), &count),
                "look for keys"
            )
            guard count > 0 else { break }
            found += buffer.prefix(Int(min(count, CK_ULONG(buffer.count)))).map { Object(handle: $0) }
        }
        return found
    }

    /// An attribute of an object; nil if it has none of that kind, or does not show it.
    func attribute(_ type: CK_ATTRIBUTE_TYPE, of object: Object) -> [UInt8]? {
        var wanted = CK_ATTRIBUTE(type: type, pValue: nil, ulValueLen: 0)
        guard functions.pointee.C_GetAttributeValue?(handle, object.handle, &wanted, 1) == CKR_OK,
            wanted.ulValueLen <= Self.maximumAttribute
        else { return nil }
        var value = [UInt8](repeating: 0, count: Int(wanted.ulValueLen))
        let length = value.withUnsafeMutableBytes { buffer -> CK_ULONG? in
            wanted.pValue = buffer.baseAddress
            let status = functions.pointee.C_GetAttributeValue?(handle, object.handle, &wanted, 1)
            return status == CKR_OK ? wanted.ulValueLen : nil
        }
        guard let length, length <= CK_ULONG(value.count) else { return nil }
        return Array(value.prefix(Int(length)))
    }

    /// A number of an object.
    func number(_ type: CK_ATTRIBUTE_TYPE, of object: Object) -> CK_ULONG? {
        guard let bytes = attribute(type, of: object), bytes.count == MemoryLayout<CK_ULONG>.size else {
            return nil
        }
        return bytes.withUnsafeBytes { $0.loadUnaligned(as: CK_ULONG.self) }
    }

    /// Whether an object says yes to something.
    func flag(_ type: CK_ATTRIBUTE_TYPE, of object: Object) -> Bool {
        attribute(type, of: object)?.contains { $0 != 0 } ?? false
    }

    // MARK: Signing

    /// Whether the token signs in this way.
    func canSign(with mechanism: CK_MECHANISM_TYPE) -> Bool {
        var info = CK_MECHANISM_INFO()
        return functions.pointee.C_GetMechanismInfo?(token.slot, mechanism, &info) == CKR_OK
            && info.flags & CKF_SIGN != 0
    }

    /// Signs with a key.
    ///
    /// - Parameter parameter: what the mechanism needs besides, as bytes.
    func sign(
        _ data: [UInt8],
        with mechanism: CK_MECHANISM_TYPE,
        parameter: CK_RSA_PKCS_PSS_PARAMS? = nil,
        key: Object
    ) throws -> [UInt8] {
        try withMechanism(mechanism, parameter) { mechanism in
            try PKCS11Status.check(
                functions.pointee.C_SignInit?(handle, mechanism, key.handle),
                "begin a signature"
            )
        }
        if flag(CKA_ALWAYS_AUTHENTICATE, of: key) { try logInForSignature() }
        var data = data
        // The longest signature of all schemes is RSA's with 8192 bits.
        var signature = [UInt8](repeating: 0, count: 2048)
        var length = CK_ULONG(signature.count)
        try PKCS11Status.check(
            functions.pointee.C_Sign?(handle, &data, CK_ULONG(data.count), &signature, &length),
            "sign"
        )
        return Array(signature.prefix(Int(min(length, CK_ULONG(signature.count)))))
    }

    /// Makes a pair of keys; answers the private one.
    func generate(
        _ mechanism: CK_MECHANISM_TYPE,
        publicKey: [PKCS11Attribute],
        privateKey: [PKCS11Attribute]
    ) throws -> Object {
        var handles: (CK_OBJECT_HANDLE, CK_OBJECT_HANDLE) = (0, 0)
        try withMechanism(mechanism, nil) { mechanism in
            try PKCS11Attribute.withTemplate(publicKey) { publicTemplate in
                try PKCS11Attribute.withTemplate(privateKey) { privateTemplate in
                    try PKCS11Status.check(
                        functions.pointee.C_GenerateKeyPair?(
                            handle,
                            mechanism,
                            publicTemplate.baseAddress,
                            CK_ULONG(publicTemplate.count),
                            privateTemplate.baseAddress,
                            CK_ULONG(privateTemplate.count),
                            &handles.0,
                            &handles.1
                        ),
                        "make a pair of keys"
                    )
                }
            }
        }
        return Object(handle: handles.1)
    }

    private func withMechanism(
        _ type: CK_MECHANISM_TYPE,
        _ parameter: CK_RSA_PKCS_PSS_PARAMS?,
        _ body: (UnsafeMutablePointer<CK_MECHANISM>) throws -> Void
    ) throws {
        var mechanism = CK_MECHANISM(mechanism: type, pParameter: nil, ulParameterLen: 0)
        guard var parameter else { return try body(&mechanism) }
        try withUnsafeMutableBytes(of: &parameter) { bytes in
            mechanism.pParameter = bytes.baseAddress
            mechanism.ulParameterLen = CK_ULONG(bytes.count)
            try body(&mechanism)
        }
    }
}
