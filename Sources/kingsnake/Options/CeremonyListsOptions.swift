// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import CondaFormats

/// The maintainers' lists that are published together with a ceremony.
struct CeremonyListsOptions: ParsableArguments {
    @Option(
        name: .customLong("list"),
        parsing: .singleValue,
        help: ArgumentHelp(
            "A list of a package's files that its maintainers have signed; once for each package.",
            valueName: "name=file"
        )
    )
    var lists: [Assignment] = []

    @Flag(help: "Publish without the lists: clients refuse those packages until they are accepted.")
    var awaitLists = false

    @Flag(help: "Take out of the index what a first list by new keys does not name.")
    var removeUnlisted = false

    /// Whether any of it is given.
    var isGiven: Bool { !lists.isEmpty || awaitLists || removeUnlisted }

    func validate() throws {
        let packages = try lists.map { try $0.package }
        guard Set(packages).count == packages.count else {
            throw ValidationError("--list: one for each package")
        }
    }

    /// The lists, byte for byte as they were signed, with their files.
    func read() throws -> [(package: PackageName, file: String, bytes: [UInt8])] {
        try lists.map { (try $0.package, $0.right, try MaintainersListFile.bytes(of: $0.right)) }
    }
}
