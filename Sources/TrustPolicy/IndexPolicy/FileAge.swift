// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Since when a file can have been known to people, and who says so.
///
/// A file is given time for somebody to notice what is wrong with it, so what counts is when others could first have it.
/// The channel's server says that (`indexed`), or this machine, which can have seen it later only than it was there
/// (`firstSeen`): taking that for the truth makes a file look younger than it is, never older. The date in the package
/// (`built`) is the word of whoever made it, and an attacker writes one of ten years ago. So it never shows that a file is
/// old enough. It may show that one is not: nobody can list a file before it was built, and if the index says so, either
/// the file was exchanged or somebody lies about it.
struct FileAge {
    enum Source {
        case indexed
        case firstSeen
        case built

        func words(_ moment: Timestamp) -> String {
            switch self {
            case .indexed: "the index lists it since \(moment)"
            case .firstSeen: "this machine saw it first at \(moment)"
            case .built: "by its own word it was built at \(moment)"
            }
        }
    }

    /// From when on it is counted.
    let moment: Timestamp
    /// Who says so.
    let source: Source
    /// Whether anybody but the package itself says since when it is there.
    let isVouchedFor: Bool

    /// Nil if nobody says anything.
    init?(of file: ListedFile) {
        let listed = file.indexed.map { ($0, Source.indexed) } ?? file.firstSeen.map { ($0, .firstSeen) }
        let said = [listed, file.built.map { ($0, .built) }].compactMap(\.self)
        guard let latest = said.max(by: { $0.0 < $1.0 }) else { return nil }
        (moment, source) = latest
        isVouchedFor = listed != nil
    }

    /// In words.
    var words: String { source.words(moment) }
}
