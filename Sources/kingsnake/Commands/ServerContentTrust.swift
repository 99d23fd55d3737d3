// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser

struct ServerContentTrust: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "content-trust",
        abstract: "Have the records of a channel's index signed for conda content trust.",
        discussion: """
            For clients that know no TUF. `prepare` makes the key with which the server signs records. Offline keys, which the \
            server never sees, name it: `kingsnake content-trust init FOLDER --propose … --package-key`, `root sign`, `root merge` \
            and `root publish` into a folder, which `submit` sends. What such signatures leave open is in docs/content-trust.md.
            """,
        subcommands: [
            ServerContentTrustStatus.self, ServerContentTrustPrepare.self, ServerContentTrustSubmit.self,
            ServerContentTrustOff.self,
        ]
    )
}
