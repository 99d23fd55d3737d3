// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Which relative paths may be put behind a mirror's address.
enum ChannelPath {
    /// Refuses (`fetch.path-escape`) what a server or a file system could read as another folder, a query,
    /// or an absolute path. Escapes are looked through once, as a server does.
    static func check(_ path: String) throws {
        let isClean = path.utf8.allSatisfy {
            $0 > 0x20 && $0 < 0x7F && $0 != 0x5C && $0 != 0x3F && $0 != 0x23
        }
        guard isClean, !path.isEmpty,
            path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy(isInside)
        else {
            throw Refusal(
                TransportCode.pathEscape,
                RedactedURL(path).description,
                expected: "a relative path inside the channel",
                found: RedactedURL(path).description
            )
        }
    }

    private static func isInside(_ segment: Substring) -> Bool {
        guard let name = PercentEncoding.decode(segment) else { return false }
        let hasSeparator = name.utf8.contains { $0 == 0x2F || $0 == 0x5C || $0 == 0 }
        return !hasSeparator && !name.isEmpty && name != "." && name != ".."
    }
}
