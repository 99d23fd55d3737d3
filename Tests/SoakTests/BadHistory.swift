// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Soak

/// The smallest things that happened: words for histories in tests.
enum BadHistory {
    static let one = HostedName("main", "noarch", "a-1-0.conda")
    static let other = HostedName("main", "noarch", "b-1-0.conda")
    static let x = String(repeating: "11", count: 32)
    static let y = String(repeating: "22", count: 32)

    static func upload(_ name: HostedName, _ sha256: String, _ fate: Fate, at moment: Int = 1)
        -> UploadAttempt
    {
        UploadAttempt(name, sha256: sha256, span: Span(moment, moment + 1), fate: fate)
    }

    static func change(_ name: HostedName, _ change: FileChange, _ fate: Fate, at moment: Int = 5)
        -> ChangeAttempt
    {
        ChangeAttempt(name, change, span: Span(moment, moment + 1), fate: fate)
    }

    /// `a` was accepted with the content `x`, and then changed.
    static func expected(_ changes: [ChangeAttempt] = []) -> FileExpectations {
        FileExpectations(uploads: [upload(one, x, .answered(201))], changes: changes)
    }

    /// A channel that lists and serves.
    static func view(listed: [HostedName: String] = [:], served: [HostedName: ChannelView.Download] = [:])
        -> ChannelView
    {
        var view = ChannelView()
        view.records = listed.mapValues { ChannelView.Record(sha256: $0) }
        view.downloads = served
        return view
    }

    /// What a channel shows of ``expected(_:)``, when all is well.
    static let good = view(listed: [one: x], served: [one: .bytes(x)])
}
