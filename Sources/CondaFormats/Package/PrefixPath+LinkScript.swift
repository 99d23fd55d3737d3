// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

extension PrefixPath {
    private static let linkScriptEndings = ["pre-link", "post-link", "pre-unlink"].flatMap { moment in
        ["-\(moment).sh", "-\(moment).bat"].map { Array($0.utf8) }
    }

    /// Whether conda may take a file of this name for a script to run when a package is linked or unlinked:
    /// `bin/.NAME-post-link.sh` and its like.
    ///
    /// More than conda runs: in any folder, for links and the folders of noarch packages change where a file ends up; of any
    /// package's name, for a package can bring another one's script; in any case, for disks that do not tell.
    public var isLinkScript: Bool {
        let name = name.utf8.map(ASCIIClass.lower)
        return name.first == UInt8(ascii: ".") && Self.linkScriptEndings.contains { name.hasSuffix($0) }
    }
}

extension PathsManifest {
    /// The files that are scripts for linking and unlinking, in the order of the manifest.
    public var linkScripts: [PrefixPath] { entries.map(\.path).filter(\.isLinkScript) }
}
