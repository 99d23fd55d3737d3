// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

/// What must hold of every address that an index makes us fetch from.
enum BaseURLRules {
    static func check(_ url: String, _ channel: ChannelURL) {
        let parts = url.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map {
            Array($0)
        }
        let channelParts = channel.textWithCredentials.utf8.split(
            separator: UInt8(ascii: "/"),
            omittingEmptySubsequences: false
        ).map { Array($0) }
        Finding.unless(parts.count >= 4 && parts[1].isEmpty, "`\(url)` is no URL")
        let isSameOrigin = parts.prefix(3).elementsEqual(channelParts.prefix(3))
        Finding.unless(
            isSameOrigin || !parts[2].contains(UInt8(ascii: "@")),
            "`\(url)` has credentials of another host"
        )
        if channelParts[0].elementsEqual("https:".utf8) {
            Finding.unless(
                parts[0].elementsEqual("https:".utf8),
                "`\(url)` is less protected than its channel"
            )
        }
        for part in parts.dropFirst(3) {
            Finding.unless(
                !part.isEmpty && !part.elementsEqual(".".utf8) && !part.elementsEqual("..".utf8),
                "`\(url)`"
            )
        }
    }
}
