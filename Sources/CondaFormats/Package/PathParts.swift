// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// The parts of a path, or of a link's target, as the system divides them: at the byte `/`.
///
/// `String` divides at characters, and to it a slash with a combining mark behind it is another character than a
/// slash: divided so, `../` and a part that begins with U+0301 is one part, and not `..`. Counting such parts lets a
/// link lead out of its package.
package enum PathParts {
    /// The parts that are not empty.
    package static func of(_ text: some StringProtocol) -> [Substring] {
        Substring(text).utf8.split(separator: UInt8(ascii: "/")).map { Substring($0) }
    }
}
