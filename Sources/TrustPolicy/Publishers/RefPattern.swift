// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Which branches and tags a publisher may build from: one, or those below a path. No wildcard crosses a `/`.
public enum RefPattern: Sendable, Equatable {
    /// This one, such as `refs/heads/main`.
    case exactly(String)
    /// All whose name begins with this path, which ends in `/`, such as `refs/tags/`.
    case below(String)
    /// All that have exactly one more component than this path, written `refs/tags/*`.
    case directlyBelow(String)

    /// Reads `refs/…`, `refs/…/` or `refs/…/*`; nil for anything else, such as `v*` or a bare `main`.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count <= 1_024, bytes.starts(with: "refs/".utf8),
            bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return nil }
        var parts = bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)[...]
        let last = parts.popLast() ?? []
        let star = UInt8(ascii: "*")
        // `refs/`, the name of a kind, and something below it.
        guard parts.count >= 2, parts.allSatisfy({ !$0.isEmpty && !$0.contains(star) }) else { return nil }
        if last.isEmpty {
            self = .below(text)
        } else if last.elementsEqual([star]) {
            self = .directlyBelow(String(decoding: bytes.dropLast(), as: UTF8.self))
        } else if last.contains(star) {
            return nil
        } else {
            self = .exactly(text)
        }
    }

    /// Whether a ref fits, by its bytes.
    public func matches(_ ref: String) -> Bool {
        switch self {
        case .exactly(let text): return ByteKey.areEqual(text, ref)
        case .below(let path): return ref.utf8.starts(with: path.utf8) && ref.utf8.count > path.utf8.count
        case .directlyBelow(let path):
            guard ref.utf8.starts(with: path.utf8) else { return false }
            let rest = ref.utf8.dropFirst(path.utf8.count)
            return !rest.isEmpty && !rest.contains(UInt8(ascii: "/"))
        }
    }

    /// As it is written in policies.
    public var description: String {
        switch self {
        case .exactly(let text), .below(let text): text
        case .directlyBelow(let path): path + "*"
        }
    }

    /// Equal exactly if they are written the same.
    public static func == (a: RefPattern, b: RefPattern) -> Bool {
        ByteKey.areEqual(a.description, b.description)
    }
}
