// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import TrustCore
import TrustPolicy

struct PolicyCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check that a policy can be understood, and say what it demands.",
        discussion: """
            Takes a policy file (YAML), or what a channel's owner is going to sign (a name that ends in .json). Every \
            key must be known, every entry must name somebody, and no wildcard may cross a boundary.
            """
    )

    @Argument(help: ArgumentHelp("The policy.", valueName: "file"), completion: .file())
    var file: String

    @OptionGroup var output: OutputOptions

    func validate() throws { try UsageCheck.path(file, of: "the policy") }

    func run() throws {
        let console = output.console
        let policy = try PolicySource(file)
        policy.lines.forEach { console.say("\($0)") }
        var document = JSONObject()
        document["schema"] = 1
        document["status"] = "ok"
        document["signed_by_owner"] = .bool(policy.owner != nil)
        document["policy"] = policy.json
        console.emit(document)
    }
}
