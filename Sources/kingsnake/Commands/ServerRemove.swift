// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser

struct ServerRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove files of a channel for good: nobody can download them any more.",
        discussion: """
            For what must not be handed out, such as malware or a secret; otherwise `yank` is enough. The file's name stays \
            taken, and its entry in the publish log stays there: nobody can publish other bytes under it. Always asks, unless \
            --yes is given.
            """
    )

    @OptionGroup var files: ServedFileOptions
    @OptionGroup var server: AdministeredServer
    @OptionGroup var output: OutputOptions

    func run() async throws { try await ServedFileChange.remove.run(files, server, output.console) }
}
