"""Writes the tables in this folder: answers of SciPy and PyTorch. Needs numpy, scipy and torch.

    python make.py
"""

import pathlib

import numpy as np
import scipy
import torch

FOLDER = pathlib.Path(__file__).parent


def field(value):
    if np.ndim(value) > 0:
        return " ".join(field(part) for part in value)
    return repr(value.item()) if hasattr(value, "item") else str(value)


def write(name, remark, rows):
    """Lines that start with `#` are comments, the first other line names the columns; lists are separated by spaces."""
    columns = list(rows[0])
    lines = [f"# {line}" for line in remark] + [",".join(columns)]
    lines += [",".join(field(row[column]) for column in columns) for row in rows]
    (FOLDER / f"{name}.csv").write_text("\n".join(lines) + "\n")


def sparse(rng):
    """Matrices of eighths, which all sums keep exactly."""
    rows = []
    for shape in [(1, 1), (3, 5), (7, 4), (12, 9), (5, 17), (16, 16), (20, 33), (9, 1)]:
        dense = np.round(rng.normal(size=shape) * 16) / 8
        dense[rng.random(shape) < 0.7] = 0
        dense[rng.integers(shape[0])] = 0
        csr = scipy.sparse.csr_matrix(dense)
        x = np.round(rng.normal(size=(2, shape[1])) * 16) / 8
        product = (csr @ x.T).T
        rows.append({
            "rows": shape[0], "columns": shape[1], "dense": dense.ravel(), "indptr": csr.indptr,
            "indices": csr.indices, "data": csr.data, "x": x.ravel(), "product": product.ravel(),
        })
    remark = [
        "A matrix, its lists as compressed sparse rows, and its product with two rows x. All numbers are exact in f32.",
        f"Source: SciPy {scipy.__version__}, csr_matrix. Written by make.py.",
    ]
    write("csr", remark, rows)


def distillation(rng):
    rows = []
    for batch, classes, temperature, alpha in [
        (1, 3, 1.0, 0.5), (4, 10, 4.0, 0.9), (5, 4, 2.0, 0.25), (3, 6, 8.0, 0.75), (2, 2, 0.5, 0.5), (8, 10, 20.0, 0.9),
    ]:
        student = torch.tensor(rng.normal(size=(batch, classes)) * 3, dtype=torch.float32)
        teacher = torch.tensor(rng.normal(size=(batch, classes)) * 3, dtype=torch.float32)
        labels = torch.tensor(rng.integers(classes, size=batch))
        learned = student.double().requires_grad_()
        soft = temperature ** 2 * torch.nn.functional.kl_div(
            torch.log_softmax(learned / temperature, 1), torch.softmax(teacher.double() / temperature, 1),
            reduction="batchmean")
        soft_gradient, = torch.autograd.grad(soft, learned, retain_graph=True)
        loss = (1 - alpha) * torch.nn.functional.cross_entropy(learned, labels) + alpha * soft
        gradient, = torch.autograd.grad(loss, learned)
        rows.append({
            "batch": batch, "classes": classes, "temperature": temperature, "alpha": alpha,
            "student": student.ravel().numpy(), "teacher": teacher.ravel().numpy(), "labels": labels.numpy(),
            "soft": soft.detach().numpy(), "soft_gradient": soft_gradient.ravel().numpy(),
            "loss": loss.detach().numpy(), "gradient": gradient.ravel().numpy(),
        })
    remark = [
        "T^2 KL(teacher || student) with batchmean, its gradient for the student, and both for",
        "(1 - alpha) cross entropy + alpha soft. Logits are f32, answers f64.",
        f"Source: PyTorch {torch.__version__.split('+')[0]} on the CPU, kl_div, cross_entropy and autograd. Written by make.py.",
    ]
    write("distillation", remark, rows)


if __name__ == "__main__":
    sparse(np.random.default_rng(18))
    distillation(np.random.default_rng(19))
