// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats

/// What a subdir's index is read from when a channel is passed on.
enum ProxiedForm: String, Sendable, CaseIterable {
    /// The shard index, and shards as they are asked for.
    case shards
    /// The whole text: `repodata.json`, compressed or not.
    case text

    /// The one beside it.
    var other: ProxiedForm { self == .text ? .shards : .text }
}

/// One form of one subdir's index.
struct ProxiedIndexKey: Hashable, Comparable, Sendable {
    let subdir: Subdir
    let form: ProxiedForm

    init(_ subdir: Subdir, _ form: ProxiedForm) {
        self.subdir = subdir
        self.form = form
    }

    static func < (a: ProxiedIndexKey, b: ProxiedIndexKey) -> Bool {
        a.subdir == b.subdir ? a.form.rawValue < b.form.rawValue : a.subdir < b.subdir
    }
}
