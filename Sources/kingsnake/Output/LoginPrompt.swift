// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import Sigstore

/// What the user is told while they log in: always on standard error, for without it nobody could go on.
enum LoginPrompt {
    /// How long a login in a browser may take.
    static let patience = Duration.seconds(300)

    /// Whether a browser can be opened here: there is a screen, and nobody works on it from elsewhere.
    static var hasBrowser: Bool {
        guard EnvironmentVariable.value("SSH_CONNECTION") == nil else { return false }
        #if os(macOS)
            return true
        #else
            return ["DISPLAY", "WAYLAND_DISPLAY"].contains { EnvironmentVariable.value($0) != nil }
        #endif
    }

    /// Opens the page of a login, and shows its address in case that nothing opens.
    static let open: @Sendable (String) async -> Void = { url in
        say("log in with your browser; if it does not open by itself, go to:")
        say("  \(url)")
        launch(url)
    }

    /// Says what to do on another device.
    static let show: @Sendable (DeviceIdentity.Prompt) async -> Void = { prompt in
        say("log in on any device within \(Counted(Int(prompt.seconds / 60), "minute")): go to")
        say("  \(prompt.page)")
        say("and enter the code")
        say("  \(prompt.code)")
        if let page = prompt.completePage { say("or go to \(page), and compare the code") }
        say("whoever enters this code signs here in their name: enter none that somebody else gave you")
    }

    private static func say(_ line: TerminalText) { StandardStream.send(line.text + "\n", to: STDERR_FILENO) }

    /// Starts the system's opener and does not wait for it. Its failure is no matter: the address was shown.
    private static func launch(_ url: String) {
        #if os(macOS)
            let opener = "open"
        #else
            let opener = "xdg-open"
        #endif
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [opener, url]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try? process.run()
    }
}
