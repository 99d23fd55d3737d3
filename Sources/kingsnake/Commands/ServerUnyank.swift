// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser

struct ServerUnyank: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unyank",
        abstract: "Put files that were yanked back into a channel's index."
    )

    @OptionGroup var files: ServedFileOptions
    @OptionGroup var server: AdministeredServer
    @OptionGroup var output: OutputOptions

    func run() async throws { try await ServedFileChange.unyank.run(files, server, output.console) }
}
