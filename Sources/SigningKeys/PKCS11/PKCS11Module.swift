// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CPKCS11
import Synchronization
import TrustCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A PKCS #11 module in memory: loaded once, initialised for use by several threads, and never unloaded.
///
/// Whoever names the module names code that runs with all rights of the program.
final class PKCS11Module: @unchecked Sendable {
    // Sendable: the list is constant once the module has handed it out, and the module was told to lock with
    // the system's locks (CKF_OS_LOCKING_OK).
    let functions: UnsafeMutablePointer<CK_FUNCTION_LIST>
    let path: String

    private static let loaded = Mutex<[String: PKCS11Module]>([:])

    /// The module at a path.
    ///
    /// - Throws: a `Failure` if there is none, or it cannot be initialised.
    static func load(_ path: String) throws -> PKCS11Module {
        try loaded.withLock { loaded in
            if let module = loaded[path] { return module }
            let module = try PKCS11Module(path)
            loaded[path] = module
            return module
        }
    }

    private init(_ path: String) throws {
        self.path = path
        guard let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
            let reason = dlerror().map { Printable.line(Array(String(cString: $0).utf8), limit: 300) }
            throw Self.failure("could not be loaded: \(reason ?? "no reason given")", path)
        }
        guard let symbol = dlsym(handle, "C_GetFunctionList") else {
            throw Self.failure("has no C_GetFunctionList, so it is not one", path)
        }
        let getFunctionList = unsafeBitCast(symbol, to: CK_C_GetFunctionList.self)
        var list: UnsafeMutablePointer<CK_FUNCTION_LIST>?
        guard getFunctionList(&list) == CKR_OK, let list, list.pointee.version.major >= 2 else {
            throw Self.failure("does not speak PKCS #11 version 2 or later", path)
        }
        var arguments = CK_C_INITIALIZE_ARGS()
        arguments.flags = CKF_OS_LOCKING_OK
        let status = list.pointee.C_Initialize?(&arguments)
        if status != CKR_CRYPTOKI_ALREADY_INITIALIZED { try PKCS11Status.check(status, "start") }
        functions = list
    }

    private static func failure(_ what: String, _ path: String) -> Failure {
        Failure(
            .configuration,
            "the PKCS #11 module \(what)",
            at: path,
            remedy: "check `module-path` in the URI of the key"
        )
    }
}

extension PKCS11Module {
    /// A token in one of the module's slots.
    struct Token: Sendable {
        let slot: UInt
        let label: [UInt8]
        let manufacturer: [UInt8]
        let model: [UInt8]
        let serial: [UInt8]
        let flags: UInt

        /// The label, for messages.
        var name: String { Printable.line(label, limit: 32) }

        /// Whether everything that the URI says about the token is so.
        func matches(_ uri: PKCS11URI) -> Bool {
            func agrees<Value: Equatable>(_ wanted: Value?, _ found: Value) -> Bool {
                wanted ?? found == found
            }
            return agrees(uri.token, label) && agrees(uri.manufacturer, manufacturer)
                && agrees(uri.model, model) && agrees(uri.serial, serial) && agrees(uri.slot, slot)
        }
    }

    /// The most slots that are looked at.
    private static let maximumSlots: UInt = 1024

    /// The one token that a URI means.
    ///
    /// - Throws: a `Failure` if there is none, or there are several.
    func token(_ uri: PKCS11URI) throws -> Token {
        let present = try tokens()
        let matching = present.filter { $0.matches(uri) }
        guard let token = matching.first, matching.count == 1 else {
            let names = (matching.isEmpty ? present : matching).prefix(8).map { "`\($0.name)`" }.joined(
                separator: ", "
            )
            throw Failure(
                .configuration,
                matching.isEmpty
                    ? "no token fits the PKCS #11 URI; there \(present.count == 1 ? "is" : "are") "
                        + (names.isEmpty ? "none" : names)
                    : "\(matching.count) tokens fit the PKCS #11 URI: \(names)",
                remedy: "name the token by its label with `token=`, or by its serial number with `serial=`"
            )
        }
        return token
    }

    /// The tokens that are present and set up.
    private func tokens() throws -> [Token] {
        var count: CK_ULONG = 0
        try PKCS11Status.check(functions.pointee.C_GetSlotList?(1, nil, &count), "list its slots")
        guard count > 0 else { return [] }
        count = min(count, Self.maximumSlots)
        var slots = [CK_SLOT_ID](repeating: 0, count: Int(count))
        try PKCS11Status.check(functions.pointee.C_GetSlotList?(1, &slots, &count), "list its slots")
        return try slots.prefix(Int(min(count, Self.maximumSlots))).compactMap { slot in
            var info = CK_TOKEN_INFO()
            try PKCS11Status.check(functions.pointee.C_GetTokenInfo?(slot, &info), "describe a token")
            guard info.flags & CKF_TOKEN_INITIALIZED != 0 else { return nil }
            return Token(
                slot: slot,
                label: Self.text(info.label),
                manufacturer: Self.text(info.manufacturerID),
                model: Self.text(info.model),
                serial: Self.text(info.serialNumber),
                flags: info.flags
            )
        }
    }

    /// A field of fixed length without the blanks at its end.
    private static func text<Field>(_ field: Field) -> [UInt8] {
        let bytes = withUnsafeBytes(of: field) { Array($0) }
        return Array(bytes.prefix((bytes.lastIndex { $0 != 0x20 && $0 != 0 } ?? -1) + 1))
    }
}
