// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

extension Evidence {
    /// What rules about whole indexes see of the package: the same as when its index is shown.
    ///
    /// Since when the index lists it counts only where the index, or the record, is signed.
    public var listedFile: ListedFile {
        let fileName = try? ArchiveFileName(package)
        var file = ListedFile(
            channel: channel,
            subdir: subdir ?? "",
            fileName: package,
            name: fileName?.name.raw ?? "",
            version: fileName?.version ?? ""
        )
        // The bytes at hand: if they are not those of the record, another rule objects.
        file.sha256 = packageDigest?.algorithm == .sha256 ? packageDigest : record?.sha256
        file.md5 = record?.md5
        file.size = record?.size
        file.indexed = isSigned ? record?.indexed : nil
        file.built = record?.built
        file.firstSeen = firstSeen
        return file
    }
}
