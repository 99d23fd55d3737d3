// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import CondaFormats
import DurableFiles
import Installer
import TrustCore

struct ExtractCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "extract",
        abstract: "Unpack a package into a folder, checking every entry and file.",
        discussion: """
            The archive is inspected as it is unpacked, and every file is checked against the package's own list. The folder \
            appears only if all is well. This looks at one file alone: whether a channel vouches for it is what \
            `kingsnake verify` tells.
            """
    )

    @Argument(
        help: ArgumentHelp("The package, a .conda or .tar.bz2 file.", valueName: "package"),
        completion: .file(extensions: ["conda", "bz2"])
    )
    var package: String

    @Option(help: ArgumentHelp("The folder to make. (default: the package's name, here)", valueName: "dir"))
    var to: String?

    @Option(help: ArgumentHelp("Refuse the package unless it has this SHA-256.", valueName: "hex"))
    var sha256: String?

    @OptionGroup var output: OutputOptions

    func validate() throws {
        try UsageCheck.archive(package)
        try UsageCheck.path(to, of: "--to")
        guard sha256.map({ Digest(.sha256, hex: $0) != nil }) ?? true else {
            throw ValidationError("--sha256 takes 64 hexadecimal digits")
        }
    }

    func run() throws {
        let console = output.console
        let name = try ArchiveFileName(package.split(separator: "/").last.map(String.init) ?? package)
        let directory = try Folder.absolute(to ?? name.distribution)
        guard !Folder.exists(directory) else {
            throw Failure(.configuration, "there is something at the folder to make", at: directory)
        }
        let expected = sha256.flatMap { Digest(.sha256, hex: $0) }
        let extracted = try Refusal.naming(name.text) {
            try PackageExtractor.extract(
                archivePath: package,
                fileName: name,
                into: directory,
                expecting: (expected, nil)
            )
        }
        let count = extracted.manifest.entries.count
        console.say(
            "unpacked `\(name)` into \(directory): \(Counted(count, "entry")), every file as the package lists it"
        )
        console.say("sha256 \(extracted.sha256.hex)")
        var document = JSONObject()
        document["schema"] = 1
        document["status"] = "ok"
        document["package"] = .string(name.text)
        document["directory"] = .string(directory)
        document["sha256"] = .string(extracted.sha256.hex)
        document["size"] = .number(JSONNumber(Int64(clamping: extracted.size)))
        document["entries"] = .number(JSONNumber(Int64(count)))
        console.emit(document)
    }
}
