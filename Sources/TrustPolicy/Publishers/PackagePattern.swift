// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
import TrustCore

/// Which packages of a channel an entry is about: one name, the names with a prefix that ends at a boundary,
/// or all.
///
/// Of several that fit a name the longest counts, and a whole name before every prefix.
public enum PackagePattern: Sendable, Equatable {
    /// One name.
    case exactly(PackageName)
    /// Names that begin with this text and go on: lower case, its last byte is `-`, `_` or `.`. Written
    /// `lab-*`, which is neither `lab` nor `labs-core`.
    case prefix(String)
    /// Every package that no other pattern fits. Written `*`.
    case all

    /// Reads a name, `prefix-*` or `*`; nil for anything else.
    public init?(_ text: String) {
        if ByteKey.areEqual(text, "*") {
            self = .all
        } else if text.utf8.last == UInt8(ascii: "*") {
            let prefix = String(decoding: text.utf8.dropLast(), as: UTF8.self)
            guard let boundary = prefix.utf8.last, Self.boundaries.contains(boundary),
                // With one more letter it must be a name.
                let name = try? PackageName(prefix + "x"), !name.isVirtual
            else { return nil }
            self = .prefix(String(decoding: name.normalized.utf8.dropLast(), as: UTF8.self))
        } else {
            guard let name = try? PackageName(text), !name.isVirtual else { return nil }
            self = .exactly(name)
        }
    }

    /// Whether a name fits.
    public func matches(_ name: PackageName) -> Bool {
        switch self {
        case .exactly(let own): own == name
        case .prefix(let prefix):
            name.normalized.utf8.starts(with: prefix.utf8)
                && name.normalized.utf8.count > prefix.utf8.count
        case .all: true
        }
    }

    /// How closely it describes a name that fits: the larger one counts.
    var closeness: Int {
        switch self {
        case .exactly: .max
        case .prefix(let prefix): prefix.utf8.count
        case .all: 0
        }
    }

    /// As it is written in policies, in lower case.
    public var description: String {
        switch self {
        case .exactly(let name): name.normalized
        case .prefix(let prefix): prefix + "*"
        case .all: "*"
        }
    }

    /// What a prefix ends with.
    static let boundaries = Array("-_.".utf8)
}
