// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

/// The rules of safe names and paths, written a second time and as plainly as possible: by bytes.
enum PlainRules {
    private static let slash = UInt8(ascii: "/")

    /// Whether something put at this path stays in its folder.
    static func staysInside(_ path: String) -> Bool {
        let parts = path.utf8.split(separator: slash, omittingEmptySubsequences: false).map { Array($0) }
        return !path.utf8.contains(0) && !path.utf8.contains(UInt8(ascii: "\\"))
            && parts.allSatisfy { ![Array("".utf8), Array(".".utf8), Array("..".utf8)].contains($0) }
    }

    /// Whether it is a file or a folder in the folder itself.
    static func isName(_ text: String) -> Bool { staysInside(text) && !text.utf8.contains(slash) }

    /// Demands that a path and its parts are what its bytes say.
    static func check(_ path: PrefixPath) {
        Finding.unless(staysInside(path.text), "`\(path)` leaves its folder")
        let parts = path.text.utf8.split(separator: slash).map { Array($0) }
        Finding.unlessEqual(path.components.map { Array($0.utf8) }, parts, "the components of `\(path)`")
        Finding.unlessEqual(Array(path.name.utf8), parts.last ?? [], "the name of `\(path)`")
        let parent = path.parent.map { Array($0.text.utf8) + [slash] } ?? []
        Finding.unlessEqual(parent + Array(path.name.utf8), Array(path.text.utf8), "the parent of `\(path)`")
    }

    /// Demands that no path is there twice.
    static func checkUnique(_ paths: [PrefixPath]) {
        paths.forEach(check)
        Finding.unlessEqual(Set(paths.map { ByteKey($0.text) }).count, paths.count, "paths that are listed")
    }

    /// Whether a pattern in which `*` stands for anything, and `?`, if it is special, for one character, fits a text.
    static func fits(_ pattern: [Unicode.Scalar], _ text: [Unicode.Scalar], one: Bool) -> Bool {
        var reachable = Array(repeating: false, count: text.count + 1)
        reachable[0] = true
        for mark in pattern {
            var next = Array(repeating: false, count: text.count + 1)
            for at in 0...text.count {
                if mark == "*" {
                    next[at] = reachable[at] || (at > 0 && next[at - 1])
                } else if at > 0, reachable[at - 1] {
                    next[at] = mark == text[at - 1] || (one && mark == "?")
                }
            }
            reachable = next
        }
        return reachable[text.count]
    }
}
