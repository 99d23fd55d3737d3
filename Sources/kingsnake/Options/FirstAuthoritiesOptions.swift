// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser

/// Who shall agree on the first root of a channel, and on its targets.
struct FirstAuthoritiesOptions: ParsableArguments {
    @Option(
        name: .customLong("authority"),
        parsing: .singleValue,
        help: ArgumentHelp("The public key file of an authority; once for each.", valueName: "file"),
        completion: .file()
    )
    var authorities: [String] = []

    @Option(help: ArgumentHelp("How many authorities must agree.", valueName: "k"))
    var threshold: Int?

    @Option(
        name: .customLong("targets-key"),
        parsing: .singleValue,
        help: ArgumentHelp(
            "A public key file of who says which subdirs there are. (default: the authorities)",
            valueName: "file"
        ),
        completion: .file()
    )
    var targetsKeys: [String] = []

    @Option(
        help: ArgumentHelp(
            "How many of the targets keys must sign. (default: as for root, or 1 with --targets-key)",
            valueName: "k"
        )
    )
    var targetsThreshold: Int?

    /// Whether a first root is asked for.
    var isGiven: Bool { !authorities.isEmpty }

    func validate() throws {
        guard isGiven == (threshold != nil) else {
            throw ValidationError("--authority and --threshold belong together")
        }
        guard isGiven || (targetsKeys.isEmpty && targetsThreshold == nil) else {
            throw ValidationError("--targets-key is for a first root, with --authority")
        }
    }
}
