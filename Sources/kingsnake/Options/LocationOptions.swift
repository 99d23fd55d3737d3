// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import Foundation

/// Where this user's trust store and cache are, by the XDG conventions unless told otherwise.
struct LocationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The folder of pinned roots and trusted metadata. (default: $KINGSNAKE_HOME or ~/.local/share/kingsnake)",
            valueName: "dir"
        )
    )
    var home: String?

    @Option(
        help: ArgumentHelp(
            "The folder of verified downloads. (default: $KINGSNAKE_CACHE or ~/.cache/kingsnake)",
            valueName: "dir"
        )
    )
    var cache: String?

    func validate() throws {
        try UsageCheck.path(home, of: "--home")
        try UsageCheck.path(cache, of: "--cache")
    }

    var homeDirectory: String { home ?? Self.usualHome }
    var cacheDirectory: String { cache ?? Self.folder("KINGSNAKE_CACHE", "XDG_CACHE_HOME", ".cache") }

    /// The trust store's folder, unless the user names another one.
    static var usualHome: String { folder("KINGSNAKE_HOME", "XDG_DATA_HOME", ".local/share") }

    private static func folder(_ own: String, _ shared: String, _ fallback: String) -> String {
        let environment = ProcessInfo.processInfo.environment
        if let path = environment[own], !path.isEmpty { return path }
        if let path = environment[shared], path.hasPrefix("/") { return path + "/kingsnake" }
        // Foundation asks the system's list of users first; everybody else's `~` is what HOME says.
        let home = environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? NSHomeDirectory()
        return home + "/" + fallback + "/kingsnake"
    }
}
