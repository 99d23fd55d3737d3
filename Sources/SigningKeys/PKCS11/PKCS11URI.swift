// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// A PKCS #11 URI (RFC 7512): which module, token and key.
///
/// ```text
/// pkcs11:token=kingsnake;object=root-1;id=%01;type=private?module-path=/usr/lib/softhsm/libsofthsm2.so
/// ```
///
/// `module-path` is an absolute path, given by the user: the module is code that runs in our process, and is
/// trusted with the PIN. `token`, `manufacturer`, `model`, `serial` and `slot-id` choose the token; `object`
/// and `id` the key. What is not given is not compared. A PIN is never part of it: command lines and logs are
/// read by others.
public struct PKCS11URI: Sendable, Hashable {
    /// The prefix of every such URI.
    static let scheme = "pkcs11:"

    /// Where the module is.
    public let modulePath: String
    /// Path attributes that choose the token, as bytes.
    let token: [UInt8]?
    let manufacturer: [UInt8]?
    let model: [UInt8]?
    let serial: [UInt8]?
    let slot: UInt?
    /// The label of the key.
    let object: [UInt8]?
    /// The id of the key.
    let id: [UInt8]?

    init(
        modulePath: String,
        token: [UInt8]? = nil,
        manufacturer: [UInt8]? = nil,
        model: [UInt8]? = nil,
        serial: [UInt8]? = nil,
        slot: UInt? = nil,
        object: [UInt8]? = nil,
        id: [UInt8]? = nil
    ) {
        self.modulePath = modulePath
        self.token = token
        self.manufacturer = manufacturer
        self.model = model
        self.serial = serial
        self.slot = slot
        self.object = object
        self.id = id
    }

    /// Reads a URI.
    ///
    /// - Throws: a `Failure` for anything that is not understood: an attribute that is passed over could have
    ///   chosen another key.
    public init(_ text: String) throws {
        let bytes = Array(text.utf8)
        guard bytes.starts(with: Self.scheme.utf8) else {
            throw Self.failure("it does not begin with `pkcs11:`")
        }
        let parts = bytes.dropFirst(Self.scheme.utf8.count)
            .split(separator: UInt8(ascii: "?"), maxSplits: 1, omittingEmptySubsequences: false)
        var path = try Self.attributes(parts[0], separator: UInt8(ascii: ";"))
        var query = try parts.count > 1 ? Self.attributes(parts[1], separator: UInt8(ascii: "&")) : [:]
        guard query["pin-value"] == nil, query["pin-source"] == nil else {
            throw Self.failure("it holds a PIN or says where one is; the PIN is asked for instead")
        }
        guard let module = query.removeValue(forKey: "module-path"), module.first == UInt8(ascii: "/"),
            let modulePath = String(validating: module, as: UTF8.self), !module.contains(0)
        else { throw Self.failure("it needs `?module-path=` with the absolute path of a PKCS #11 module") }
        self.modulePath = modulePath
        token = path.removeValue(forKey: "token")
        manufacturer = path.removeValue(forKey: "manufacturer")
        model = path.removeValue(forKey: "model")
        serial = path.removeValue(forKey: "serial")
        object = path.removeValue(forKey: "object")
        id = path.removeValue(forKey: "id")
        slot = try path.removeValue(forKey: "slot-id").map { digits in
            guard let slot = UInt(String(decoding: digits, as: UTF8.self)) else {
                throw Self.failure("`slot-id` is not a number")
            }
            return slot
        }
        guard path.removeValue(forKey: "type").map({ $0 == Array("private".utf8) }) ?? true else {
            throw Self.failure("`type` can only be `private`: it is to sign")
        }
        if let unknown = path.keys.sorted().first ?? query.keys.sorted().first {
            throw Self.failure(
                "it has an attribute `\(Printable.text(unknown))`, which Kingsnake does not know"
            )
        }
    }

    private static func attributes(
        _ text: ArraySlice<UInt8>,
        separator: UInt8
    ) throws -> [String: [UInt8]] {
        var attributes: [String: [UInt8]] = [:]
        for part in text.split(separator: separator) {
            guard let equals = part.firstIndex(of: UInt8(ascii: "=")),
                part[..<equals].allSatisfy({ (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "-") }),
                let value = decoded(part[(equals + 1)...])
            else { throw failure("one of its attributes is not `name=value`, with `%XX` for special bytes") }
            let name = String(decoding: part[..<equals], as: UTF8.self)
            guard attributes.updateValue(value, forKey: name) == nil else {
                throw failure("it has the attribute `\(Printable.text(name))` twice")
            }
        }
        return attributes
    }

    /// Undoes percent-encoding, to bytes: ids are not text.
    private static func decoded(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                guard (0x21...0x7E).contains(byte) else { return nil }
                bytes.append(byte)
                continue
            }
            guard let value = Hex.decode(Array(rest.prefix(2))), value.count == 1 else { return nil }
            bytes += value
            rest = rest.dropFirst(2)
        }
        return bytes
    }

    /// The text is left out: somebody may have written a PIN into it.
    private static func failure(_ reason: String) -> Failure {
        Failure(
            .configuration,
            "the PKCS #11 URI is not usable: \(reason)",
            remedy: "write it as pkcs11:token=NAME;object=LABEL?module-path=/path/of/module.so (RFC 7512)"
        )
    }
}

extension PKCS11URI: CustomStringConvertible {
    /// The URI, in the order of RFC 7512's examples; every special byte is encoded.
    public var description: String {
        let path: [(String, [UInt8]?)] = [
            ("token", token), ("manufacturer", manufacturer), ("model", model), ("serial", serial),
            ("slot-id", slot.map { Array("\($0)".utf8) }), ("object", object), ("id", id),
        ]
        let named = path.compactMap { name, value in value.map { "\(name)=\(Self.encoded($0))" } }
        let all = (named + (object == nil && id == nil ? [] : ["type=private"])).joined(separator: ";")
        return "\(Self.scheme)\(all)?module-path=\(PercentEncoding.path(modulePath))"
    }

    private static func encoded(_ bytes: [UInt8]) -> String {
        bytes.map { byte in
            // One byte at a time, since bytes of 0x80 and above need not be UTF-8.
            byte < 0x80
                ? PercentEncoding.segment(String(decoding: [byte], as: UTF8.self))
                : "%" + Hex.encode([byte]).uppercased()
        }
        .joined()
    }
}
