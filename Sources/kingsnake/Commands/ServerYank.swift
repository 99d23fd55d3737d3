// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser

struct ServerYank: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "yank",
        abstract: "Take files out of a channel's index; whoever holds a lock can still download them.",
        discussion: """
            For what should not be installed any more, such as a build that is broken. `unyank` puts it back. The publish log \
            tells of both, with your reason. Answers when the index tells of it.
            """
    )

    @OptionGroup var files: ServedFileOptions
    @OptionGroup var server: AdministeredServer
    @OptionGroup var output: OutputOptions

    func run() async throws { try await ServedFileChange.yank.run(files, server, output.console) }
}
