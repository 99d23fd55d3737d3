// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// A repository on a build service, or every repository directly below an owner: `pallets/flask`,
/// `pallets/*`.
///
/// Components are compared whole, so that `pallets/flask` is not `pallets/flask-cors`.
public struct RepositoryPattern: Sendable, Equatable {
    /// How a service tells names apart.
    enum Letters: Sendable {
        /// Names that differ only in the case of ASCII letters are one, as with GitHub.
        case anyCase
        /// As bytes.
        case exact
    }

    /// The owner: an account, or groups with `/` between.
    public let owner: String
    /// The repository's own name; nil for each that the owner has.
    public let name: String?

    /// Reads `OWNER/NAME` or `OWNER/*`; nil for anything else. Owners with `/` in them are taken where they
    /// exist.
    init?(_ text: String, mayNest: Bool) {
        guard text.utf8.count <= 512 else { return nil }
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.count >= 2, mayNest || parts.count == 2, let last = parts.last else { return nil }
        let isEvery = last.elementsEqual("*".utf8)
        guard (isEvery ? parts.dropLast() : parts[...]).allSatisfy(Self.isComponent) else { return nil }
        owner = parts.dropLast().map { String(decoding: $0, as: UTF8.self) }.joined(separator: "/")
        name = isEvery ? nil : String(decoding: last, as: UTF8.self)
    }

    private static func isComponent(_ part: Substring.UTF8View) -> Bool {
        let isPlain = part.allSatisfy {
            switch $0 {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "."), UInt8(ascii: "-"),
                UInt8(ascii: "_"):
                true
            default: false
            }
        }
        return isPlain && !part.isEmpty && !part.elementsEqual(".".utf8) && !part.elementsEqual("..".utf8)
    }

    /// As it is written in policies.
    public var description: String { owner + "/" + (name ?? "*") }

    /// Equal exactly if they are written the same.
    public static func == (a: RepositoryPattern, b: RepositoryPattern) -> Bool {
        ByteKey.areEqual(a.description, b.description)
    }

    /// Whether the path of a repository, owner included, fits.
    func matches(_ path: String, _ letters: Letters) -> Bool {
        guard let found = Self.split(path) else { return false }
        return Self.same(found.owner, owner, letters) && fitsName(found.name, letters)
    }

    /// Whether the last component of a path fits, whoever the owner is.
    func matchesName(of path: String, _ letters: Letters) -> Bool {
        Self.split(path).map { fitsName($0.name, letters) } ?? false
    }

    private func fitsName(_ found: String, _ letters: Letters) -> Bool {
        name.map { Self.same($0, found, letters) } ?? true
    }

    private static func split(_ path: String) -> (owner: String, name: String)? {
        let slash = UInt8(ascii: "/")
        guard let at = path.utf8.lastIndex(of: slash) else { return nil }
        let owner = String(decoding: path.utf8[..<at], as: UTF8.self)
        let name = String(decoding: path.utf8[at...].dropFirst(), as: UTF8.self)
        guard !owner.isEmpty, !name.isEmpty else { return nil }
        return (owner, name)
    }

    static func same(_ a: String, _ b: String, _ letters: Letters) -> Bool {
        switch letters {
        case .exact: ByteKey.areEqual(a, b)
        case .anyCase: a.utf8.count == b.utf8.count && zip(a.utf8, b.utf8).allSatisfy { fold($0) == fold($1) }
        }
    }

    private static func fold(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }
}
